// A resource: its value, live, and what can be done with it.

import { ObserveButton, button, element } from "./elements.js";
import { resource } from "./names.js";

export class Row {
  #path;
  #name;
  #operations;
  #ask;
  #value = null;
  #text = element("output", "value");
  #curve = new Curve();
  #message = element("span", "message");
  #actions = element("div", "actions");
  #buttons;
  #observe;
  #told = null;

  constructor(path, ask) {
    const [, object, , id] = path.split("/");
    const { name, operations } = resource(object, id);
    this.id = Number(id);
    this.#path = path;
    this.#name = name;
    this.#operations = operations;
    this.#ask = ask;
    this.element = element("li");
    this.element.dataset.path = path;
    const label = element("div", "label");
    label.append(element("span", "name", name), element("code", "path", path));
    const value = element("div", "reading");
    value.append(this.#text, this.#curve.element, this.#message);
    this.#message.setAttribute("role", "status");
    this.element.append(label, value, this.#actions);
    const subject = `${name} ${path}`;
    this.#observe = new ObserveButton(subject, (operation) => this.#perform(operation));
    this.#buttons = {
      read: button("Read", subject, () => this.#perform("read")),
      write: button("Write", subject, () => this.#edit("write")),
      observe: this.#observe.element,
      execute: button("Execute", subject, () => this.#edit("execute")),
    };
    this.#actions.append(...Object.values(this.#buttons));
  }

  update(device, isFresh) {
    const known = device.values.get(this.#path);
    const instances = [...device.values].filter(([path]) => path.startsWith(`${this.#path}/`));
    const text = known?.text ?? instances.map(([path, { text }]) => `${path.split("/")[4]}: ${text}`).join(", ");
    this.#value = known ?? instances[0]?.[1] ?? null;
    this.#text.textContent = text;
    this.#curve.draw(known?.readings ?? []);
    if (isFresh) {
      this.#told = null;
      this.#text.classList.remove("fresh");
      // Begins the animation anew.
      void this.#text.offsetWidth;
      this.#text.classList.add("fresh");
    }
    if (this.#told === null) {
      this.#showOrigin();
    }
    this.#observe.show(device.observed.includes(this.#path));
    // Where the object is not known here, what has a value is taken to be no command.
    const can = this.#operations ?? (this.#value ? "RW" : "RWE");
    this.#buttons.read.hidden = this.#buttons.observe.hidden = !can.includes("R");
    this.#buttons.write.hidden = !can.includes("W");
    this.#buttons.execute.hidden = !can.includes("E");
  }

  tell(text, wrong = false) {
    this.#told = text;
    this.#message.textContent = text;
    this.#message.classList.toggle("error", wrong);
  }

  #showOrigin() {
    const value = this.#value;
    const kind = value?.kind === "untyped" ? "" : `${value?.kind}, `;
    this.#message.textContent = value ? `${kind}at ${value.at} s` : "";
    this.#message.classList.remove("error");
  }

  async #perform(operation, argument) {
    this.tell("waiting for the device");
    const { error } = await this.#ask(operation, this.#path, argument);
    if (error) {
      this.tell(error, true);
    } else if (operation === "write") {
      // What the device has made of it.
      await this.#perform("read");
    } else if (operation === "execute") {
      this.tell("executed");
    } else {
      this.#told = null;
      this.#showOrigin();
    }
  }

  // Asks for the value or the arguments, in place of the buttons.
  #edit(operation) {
    const form = element("form");
    const input = operation === "write" ? this.#input() : element("input");
    const what = operation === "write" ? "Value for" : "Arguments for";
    input.setAttribute("aria-label", `${what} ${this.#name} ${this.#path}`);
    input.placeholder = operation === "write" ? "value" : "arguments, if any";
    const submit = element("button", "", operation === "write" ? "Write" : "Execute");
    const close = () => {
      form.remove();
      this.#actions.classList.remove("editing");
      this.#buttons[operation].focus();
    };
    form.append(input, submit, button("Close", "without it", close));
    form.onkeydown = ({ key }) => {
      if (key === "Escape") {
        close();
      }
    };
    form.onsubmit = (event) => {
      event.preventDefault();
      const argument = operation === "write" ? this.#plainText(input.value) : input.value;
      if (argument === null) {
        this.tell("not an even number of hex digits", true);
        return;
      }
      close();
      this.#perform(operation, argument);
    };
    this.#actions.classList.add("editing");
    this.#actions.append(form);
    input.focus();
  }

  #input() {
    const text = this.#value?.text ?? "";
    if (this.#value?.kind !== "boolean") {
      const input = element("input");
      input.value = text;
      return input;
    }
    const select = element("select");
    select.append(new Option("true", "1"), new Option("false", "0"));
    select.value = text === "true" ? "1" : "0";
    return select;
  }

  // LwM2M's plain text has bytes in Base64; here they are shown in hex. Null is no value.
  #plainText(text) {
    if (this.#value?.kind !== "opaque") {
      return text;
    }
    if (!/^([0-9a-f]{2})*$/i.test(text)) {
      return null;
    }
    const bytes = text.match(/../g) ?? [];
    return btoa(String.fromCharCode(...bytes.map((byte) => parseInt(byte, 16))));
  }
}

// The last readings of a number.
class Curve {
  static #SVG = "http://www.w3.org/2000/svg";
  #line = document.createElementNS(Curve.#SVG, "polyline");

  constructor() {
    this.element = document.createElementNS(Curve.#SVG, "svg");
    this.element.setAttribute("viewBox", "0 0 96 28");
    this.element.setAttribute("class", "curve");
    this.element.setAttribute("aria-hidden", "true");
    this.element.append(this.#line);
  }

  draw(readings) {
    const [least, most] = [Math.min(...readings), Math.max(...readings)];
    const height = (reading) => (most === least ? 14 : 26 - (24 * (reading - least)) / (most - least));
    const points = readings.map((reading, index) => {
      return `${2 + (92 * index) / Math.max(1, readings.length - 1)},${height(reading)}`;
    });
    this.#line.setAttribute("points", readings.length > 1 ? points.join(" ") : "");
  }
}
