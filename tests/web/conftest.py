import pytest
from playwright.sync_api import expect

from programs import PATIENCE, DemoServer, Device, chromium

expect.set_options(timeout=PATIENCE * 1000)


@pytest.fixture(scope="session")
def browser():
    with chromium() as browser:
        yield browser


@pytest.fixture
def server():
    server = DemoServer()
    yield server
    server.stop()


@pytest.fixture
def start_device(server):
    """Starts a device, by its endpoint name."""
    devices = []

    def start(*arguments: str) -> Device:
        devices.append(Device(server, *arguments))
        return devices[-1]

    yield start
    for device in devices:
        device.kill()


@pytest.fixture
def page(browser, server):
    """The page, open. An error in its scripts, and what the browser complains of, fails the test."""
    page = browser.new_page()
    page.set_default_timeout(PATIENCE * 1000)
    errors = []
    page.on("pageerror", lambda error: errors.append(error))

    def take(message) -> None:
        # A server that is down is no fault of the page.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            errors.append(message.text)

    page.on("console", take)
    page.goto(server.url)
    expect(page.get_by_text("live")).to_be_visible()
    yield page
    page.close()
    assert errors == []
