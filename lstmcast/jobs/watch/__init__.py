"""What tells others how a job went: a metrics file and a ping."""
