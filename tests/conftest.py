"""What holds for every test."""

from hypothesis import settings

# The first example of a property also loads what the code loads late; how long that takes is no finding.
settings.register_profile("steady", deadline=None)
settings.load_profile("steady")
