"""A new version: trained, held against baseline and present version, saved and promoted."""
