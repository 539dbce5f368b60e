from hypothesis import settings

# Speed is a benchmark's business: no test fails for the machine being busy.
settings.register_profile("fondly", deadline=None)
settings.load_profile("fondly")
