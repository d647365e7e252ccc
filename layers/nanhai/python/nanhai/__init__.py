"""Nanhai Pass: what every function shares. Facts are stored; colours are computed."""
