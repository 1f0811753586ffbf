"""The observatory: public pages that show what the published files say, and nothing else.

No sign-in, no row of a case, no policy: who runs these pages could not make up a figure without
changing a file whose digest stands in the signed log.
"""
