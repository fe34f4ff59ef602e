"""What published forecasts were worth, and whether their version has drifted."""
