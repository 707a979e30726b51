"""What the reports of the thesis test and of inference share: documents, words, tables."""
