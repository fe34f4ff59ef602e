"""What is known beside the series: columns, categories, holidays, the calendar, a second file."""
