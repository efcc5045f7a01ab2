"""Exercises of lesson 2."""

LESSON = "02-chain-rule"
