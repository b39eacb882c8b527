// The chosen device: its registration and its objects. row.js has their resources.

import { ObserveButton, button, element } from "./elements.js";
import { objectName } from "./names.js";
import { Row } from "./row.js";

export class DeviceView {
  #root;
  #ask;
  #device = null;
  #objects = "";
  #facts = {};
  #rows = new Map();
  #instances = new Map();

  // `ask(device, operation, path, argument)` makes a request and gives its answer.
  constructor(root, ask) {
    this.#root = root;
    this.#ask = ask;
  }

  // Shows a device, or its changed registration. What is open stays open.
  show(device) {
    const objects = device.objects.join();
    if (device.endpoint !== this.#device?.endpoint || objects !== this.#objects) {
      this.#objects = objects;
      this.#device = device;
      this.#build();
    }
    this.#device = device;
    this.#root.classList.toggle("gone", device.gone !== null);
    this.tick();
    this.update(device, []);
  }

  // Shows its resources anew; the values at these paths have just come.
  update(device, fresh) {
    const paths = new Set([...device.links, ...device.values.keys()].map(resourcePath));
    for (const path of paths) {
      const instance = this.#instances.get(instancePath(path));
      if (isResource(path) && instance && !this.#rows.has(path)) {
        const row = new Row(path, (...request) => this.#ask(this.#device, ...request));
        this.#rows.set(path, row);
        instance.add(row);
      }
    }
    const changed = new Set(fresh.map(resourcePath));
    for (const [path, row] of this.#rows) {
      row.update(device, changed.has(path));
    }
    for (const instance of this.#instances.values()) {
      instance.update(device);
    }
  }

  // An error that answers no request of this page.
  tell(path, error) {
    (this.#rows.get(path) ?? this.#instances.get(path))?.tell(error, true);
  }

  // What depends on the time.
  tick() {
    const device = this.#device;
    if (!device) {
      return;
    }
    const left = (time) => Math.max(0, Math.round((time - Date.now()) / 1000));
    const lifetime = device.lifetime === 0 ? "without end" : `${device.lifetime} s`;
    const awake = device.awakeUntil === null ? 0 : left(device.awakeUntil);
    const facts = {
      "Registration": device.gone ?? `at ${device.location}`,
      "Address": device.address,
      "LwM2M": `${device.version}, binding ${device.binding}`,
      "Lifetime": device.gone || device.expires === null ? lifetime : `${lifetime}, ${left(device.expires)} s left`,
      "Queue mode": !device.queue_mode ? "no" : awake > 0 ? `awake for ${awake} s` : "asleep: requests wait",
    };
    for (const [name, text] of Object.entries(facts)) {
      this.#facts[name].textContent = text;
    }
  }

  #build() {
    const device = this.#device;
    this.#rows.clear();
    this.#instances.clear();
    const facts = element("dl", "facts");
    for (const name of ["Registration", "Address", "LwM2M", "Lifetime", "Queue mode"]) {
      const pair = element("div");
      this.#facts[name] = element("dd");
      pair.append(element("dt", "", name), this.#facts[name]);
      facts.append(pair);
    }
    const all = button("Open all", "objects and read them", () => {
      this.#instances.forEach((instance) => instance.open());
    });
    const title = element("div", "title");
    title.append(element("h2", "", device.endpoint), all);
    this.#root.replaceChildren(title, facts);
    for (const path of withoutParents(device.objects)) {
      const instance = new Instance(path, (...request) => this.#ask(this.#device, ...request));
      this.#instances.set(path, instance);
      this.#root.append(instance.element);
    }
  }
}

// An instance of an object, or an object that has none.
class Instance {
  #path;
  #ask;
  #observe;
  #message = element("p", "message");
  #list = element("ul", "resources");
  #rows = [];

  constructor(path, ask) {
    this.#path = path;
    this.#ask = ask;
    const name = objectName(path.split("/")[1]);
    this.element = element("details");
    const summary = element("summary");
    summary.append(element("span", "name", name), element("code", "path", path));
    const buttons = element("p", "buttons");
    this.#observe = new ObserveButton(`${name} ${path}`, (operation) => this.#perform(operation));
    const read = button("Read", `${name} ${path}`, () => this.#perform("read"));
    this.#message.setAttribute("role", "status");
    buttons.append(read, this.#observe.element, this.#message);
    this.element.append(summary, buttons, this.#list);
    this.element.ontoggle = () => {
      if (this.element.open && this.#rows.length === 0) {
        this.#discover();
      }
    };
  }

  open() {
    this.element.open = true;
  }

  // A row of a resource, at its place by number.
  add(row) {
    this.#rows.push(row);
    this.#rows.sort((one, other) => one.id - other.id);
    this.#list.insertBefore(row.element, this.#rows[this.#rows.indexOf(row) + 1]?.element ?? null);
  }

  update(device) {
    this.#observe.show(device.observed.includes(this.#path));
  }

  tell(text, wrong = false) {
    this.#message.textContent = text;
    this.#message.classList.toggle("error", wrong);
  }

  // What can be executed, or has no value now, is only discovered.
  async #discover() {
    const found = this.#ask("discover", this.#path);
    await this.#perform("read");
    const { error } = await found;
    if (error && this.#rows.length === 0) {
      this.tell(error, true);
    }
  }

  async #perform(operation) {
    this.tell("waiting for the device");
    const { error } = await this.#ask(operation, this.#path);
    this.tell(error ?? "", Boolean(error));
  }
}

// `/3303/0/5700` of that path and of its resource instances.
function resourcePath(path) {
  return path.split("/").slice(0, 4).join("/");
}

function instancePath(path) {
  return path.split("/").slice(0, 3).join("/");
}

function isResource(path) {
  return path.split("/").length === 4;
}

// An object is listed besides its instances where it has a version.
function withoutParents(paths) {
  return paths.filter((path) => !paths.some((other) => other.startsWith(`${path}/`)));
}
