import pytest
from hypothesis import settings

# Speed is a benchmark's business: no test fails for the machine being busy.
settings.register_profile("fondly", deadline=None)
settings.load_profile("fondly")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--devices", action="store_true", help="test with real device firmware, built for it (minutes)")
