"""The lake: the folder of Parquet where every version of the book and every run of a day lie."""
