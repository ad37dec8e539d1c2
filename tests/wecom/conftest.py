import pytest
from wire import FakePlatform


@pytest.fixture
def platform():
    """A platform that says ok to everything until a test tells it otherwise."""
    fake = FakePlatform()
    yield fake
    fake.close()
