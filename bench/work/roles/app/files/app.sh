#!/bin/sh
# Stands for a program that serves.
exec sleep infinity
