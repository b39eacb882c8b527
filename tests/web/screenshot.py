"""A picture of the page with a device whose temperature has been observed for a while."""

import argparse
import math

from playwright.sync_api import expect

from programs import DemoServer, Device, chromium

parser = argparse.ArgumentParser()
parser.add_argument("file")
parser.add_argument("--dark", action="store_true")
parser.add_argument("--width", type=int, default=1100)
options = parser.parse_args()

server = DemoServer()
device = Device(server, "thermometer")
button = Device(server, "doorbell")
with chromium() as browser:
    page = browser.new_page(
        viewport={"width": options.width, "height": 900},
        color_scheme="dark" if options.dark else "light",
    )
    page.goto(server.url)
    page.get_by_label("Devices").get_by_role("button").filter(has_text="thermometer").click()
    page.locator("summary").filter(has_text="Temperature").click()
    page.locator("summary").filter(has_text="Digital Input").click()
    page.get_by_role("button", name="Observe Sensor Value").click()
    output = page.locator("li[data-path='/3303/0/5700'] output")
    for step in range(24):
        reading = f"{21.5 + 2 * math.sin(step / 3) + step / 20:.2f}".rstrip("0").rstrip(".")
        device.command(f"set /3303/0/5700 {reading}")
        expect(output).to_have_text(reading)
    device.command("set /3200/0/5501 3")
    page.get_by_role("button", name="Read Digital Input Counter").click()
    expect(page.locator("li[data-path='/3200/0/5501'] output")).to_have_text("3")
    page.evaluate("scrollTo(0, 0)")
    page.screenshot(path=options.file)
for program in (device, button):
    program.kill()
server.stop()
