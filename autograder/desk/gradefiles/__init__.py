"""Files of grades: tables for people, and what learning platforms write and read."""
