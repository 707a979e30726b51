"""The thesis test: is Beijing what limits the partnership, on what, how, and in how much of the stated space?"""
