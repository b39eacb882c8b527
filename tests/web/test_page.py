"""What a user sees and does on the demo server's page."""

import re

from playwright.sync_api import Locator, Page, expect

LIFETIME = "/1/0/1"
TEMPERATURE = "/3303/0/5700"
UPDATE_TRIGGER = "/1/0/8"


def in_list(page: Page, name: str) -> Locator:
    return page.get_by_label("Devices").get_by_role("button").filter(has_text=name)


def opened(page: Page, resource: str) -> Locator:
    """The row of a resource, whose instance is opened."""
    instance = resource.rsplit("/", 1)[0]
    page.locator("summary", has=page.get_by_text(instance, exact=True)).click()
    row = page.locator(f"li[data-path='{resource}']")
    expect(row).to_be_visible()
    return row


def value(row: Locator) -> Locator:
    return row.locator("output")


def do(row: Locator, operation: str) -> None:
    row.get_by_role("button", name=operation).click()


def enter(row: Locator, operation: str, text: str) -> None:
    """In the form of a Write or Execute, which is sent."""
    do(row, operation)
    row.get_by_role("textbox").fill(text)
    row.get_by_role("textbox").press("Enter")


def test_a_device_appears_by_itself(page, start_device):
    expect(page.get_by_text("No device is registered")).to_be_visible()
    start_device("thermometer")
    expect(in_list(page, "thermometer")).to_be_visible()
    expect(page.get_by_text("No device is registered")).to_be_hidden()
    expect(page.get_by_role("log")).to_contain_text("thermometer registered from 127.0.0.1")


def test_a_page_that_comes_late_has_the_devices_and_what_has_happened(page, start_device):
    start_device("thermometer")
    expect(in_list(page, "thermometer")).to_be_visible()
    page.reload()
    expect(in_list(page, "thermometer")).to_be_visible()
    expect(page.get_by_role("log")).to_contain_text("thermometer registered from 127.0.0.1")


def test_the_chosen_device_has_its_registration_and_objects(page, start_device):
    start_device()
    device = page.get_by_label("The chosen device")
    expect(device.get_by_role("heading", name="device")).to_be_visible()
    expect(device.get_by_text("300 s, ")).to_be_visible()
    for name, path in [("LwM2M Server", "/1/0"), ("Temperature", "/3303/0"), ("Digital Input", "/3200/0")]:
        summary = device.locator("summary").filter(has_text=name)
        expect(summary.get_by_text(path, exact=True)).to_be_visible()


def test_an_opened_object_has_the_values_of_its_resources(page, start_device):
    start_device()
    row = opened(page, TEMPERATURE)
    expect(row.get_by_text("Sensor Value")).to_be_visible()
    expect(value(row)).to_have_text("21.5")
    expect(value(page.locator("li[data-path='/3303/0/5701']"))).to_have_text("Cel")


def test_a_read_gets_the_newest_value(page, start_device):
    device = start_device()
    row = opened(page, TEMPERATURE)
    expect(value(row)).to_have_text("21.5")
    device.command("set /3303/0/5700 22.5")
    do(row, "Read")
    expect(value(row)).to_have_text("22.5")


def test_a_write_changes_the_device_and_its_value_is_read_back(page, start_device):
    start_device()
    row = opened(page, LIFETIME)
    expect(value(row)).to_have_text("300")
    enter(row, "Write", "600")
    expect(value(row)).to_have_text("600")
    # The device tells the server by an Update.
    expect(page.get_by_label("The chosen device").get_by_text("600 s, ")).to_be_visible()


def test_an_observed_value_is_live_until_the_observation_is_cancelled(page, start_device):
    device = start_device()
    row = opened(page, TEMPERATURE)
    do(row, "Observe")
    expect(row.get_by_role("button", name="Cancel")).to_be_visible()
    for reading in ["22.5", "23.25"]:
        device.command(f"set /3303/0/5700 {reading}")
        expect(value(row)).to_have_text(reading)
    expect(row.locator("polyline")).to_have_attribute("points", re.compile(" 94,2$"))
    do(row, "Cancel")
    expect(row.get_by_role("button", name="Observe")).to_be_visible()
    device.command("set /3303/0/5700 30")
    # What comes behind it shows that no notification came.
    do(page.locator("li[data-path='/3303/0/5701']"), "Read")
    expect(page.get_by_role("log")).to_contain_text("/3303/0/5701 2.05")
    expect(value(row)).to_have_text("23.25")


def test_an_execute_reaches_the_device(page, start_device):
    start_device()
    row = opened(page, UPDATE_TRIGGER)
    enter(row, "Execute", "")
    expect(row.get_by_text("executed")).to_be_visible()
    expect(page.get_by_role("log")).to_contain_text("device updated from")


def test_an_error_stands_where_it_happened(page, start_device):
    start_device()
    row = opened(page, LIFETIME)
    enter(row, "Write", "soon")
    expect(row.get_by_text("4.00 Bad Request")).to_be_visible()
    expect(value(row)).to_have_text("300")


def test_an_endpoint_name_is_never_markup(page, start_device):
    name = '<img src=x onerror="document.title=1">&amp;'
    start_device(name)
    expect(in_list(page, name)).to_be_visible()
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    expect(page.get_by_role("log")).to_contain_text(name)
    expect(page.locator("img")).to_have_count(0)
    # Its spaces and quotes lead no request astray.
    expect(value(opened(page, TEMPERATURE))).to_have_text("21.5")


def test_the_end_of_a_registration_is_shown(page, start_device):
    device = start_device()
    expect(in_list(page, "device")).to_contain_text("s left")
    device.command("close")
    expect(in_list(page, "device")).to_contain_text("deregistered")
    expect(page.get_by_label("The chosen device").get_by_text("deregistered")).to_be_visible()


def test_the_page_finds_the_server_again_after_a_restart(page, server, start_device):
    device = start_device()
    expect(in_list(page, "device")).to_contain_text("s left")
    server.stop()
    expect(page.get_by_text("no connection to the server")).to_be_visible()
    server.restart()
    expect(page.get_by_text("live")).to_be_visible()
    expect(in_list(page, "device")).to_contain_text("no longer known to the server")
    device.command("update")
    expect(in_list(page, "device")).to_contain_text("s left")


def test_what_the_terminal_forgets_the_page_forgets(page, server, start_device):
    start_device()
    expect(in_list(page, "device")).to_contain_text("s left")
    server.command("forget")
    expect(in_list(page, "device")).to_contain_text("no longer known to the server")


def test_the_focus_stays_where_it_is(page, start_device):
    start_device()
    item = in_list(page, "device")
    item.focus()
    # Time passes, and other devices come.
    expect(item).not_to_contain_text("300 s left")
    start_device("another")
    expect(in_list(page, "another")).to_be_visible()
    expect(item).to_be_focused()


def test_a_form_opens_and_closes_by_keyboard(page, start_device):
    start_device()
    opened(page, LIFETIME)
    write = page.get_by_role("button", name="Write Lifetime /1/0/1")
    write.press("Enter")
    entered = page.get_by_label("Value for Lifetime /1/0/1")
    expect(entered).to_be_focused()
    entered.press("Escape")
    expect(write).to_be_focused()


def test_a_narrow_window_needs_no_scrolling_sideways(page, start_device):
    page.set_viewport_size({"width": 400, "height": 800})
    start_device("a-device-whose-name-is-longer-than-the-window-is-wide-by-far")
    page.get_by_role("button", name="Open all").click()
    expect(value(page.locator(f"li[data-path='{TEMPERATURE}']"))).to_have_text("21.5")
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
