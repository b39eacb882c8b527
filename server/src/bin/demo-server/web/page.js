// The list of devices and the messages; device.js has the chosen device. What devices say is put into the
// page as text, never as markup.

import { DeviceView } from "./device.js";

const MOST_MESSAGES = 500;
// Of each value, for its curve.
const MOST_READINGS = 60;

const devices = new Map();
// Requests without an answer, by their numbers, and answers that came before the number was known.
const waiting = new Map();
const early = new Map();
let chosen = null;

const list = document.getElementById("devices");
const log = document.getElementById("log");
const view = new DeviceView(document.getElementById("device"), ask);

// The server's news

const events = new EventSource("events");
events.onopen = () => showConnection("live");
events.onerror = () => showConnection("no connection to the server; trying again", "lost");
events.onmessage = ({ data }) => {
  const news = JSON.parse(data);
  if (news.recent) {
    begin(news);
  } else if (news.devices) {
    takeDevices(news.devices);
  } else {
    take(news);
  }
  showDevicesSoon();
};

// The server's state from the start, at first and whenever the connection was lost.
function begin({ server, recent, now }) {
  document.getElementById("server").textContent = server;
  document.getElementById("uri").textContent = server;
  for (const done of waiting.values()) {
    done({ error: "the connection to the server was lost" });
  }
  waiting.clear();
  early.clear();
  log.replaceChildren();
  for (const device of devices.values()) {
    device.values.clear();
  }
  for (const news of recent) {
    if (news.devices) {
      takeDevices(news.devices);
    } else {
      take(news);
    }
  }
  takeDevices(now.devices);
}

// All of them: whoever is not among them is unknown to the server.
function takeDevices(all) {
  const names = new Set(all.map((device) => device.endpoint));
  for (const name of devices.keys()) {
    if (!names.has(name)) {
      end(name, "no longer known to the server");
    }
  }
  all.forEach(takeDevice);
}

function take({ line, endpoint, device, gone, request, path, error, values, links }) {
  showMessage(line);
  if (device) {
    takeDevice(device);
  } else if (endpoint !== null && devices.has(endpoint)) {
    end(endpoint, gone ?? "no longer registered");
  }
  const known = devices.get(endpoint);
  if (known) {
    const at = line.trim().split(" ", 1)[0];
    values.forEach((value) => takeValue(known, value, at));
    links.forEach((link) => known.links.add(link));
    if (endpoint === chosen) {
      view.update(known, values.map((value) => value.path));
    }
  }
  if (request !== null) {
    const answer = { error };
    if (waiting.has(request)) {
      waiting.get(request)(answer);
      waiting.delete(request);
    } else {
      early.set(request, answer);
    }
  } else if (error && endpoint === chosen) {
    view.tell(path, error);
  }
}

function takeDevice(device) {
  const now = Date.now();
  const until = (seconds) => (seconds === null ? null : now + 1000 * seconds);
  const before = devices.get(device.endpoint);
  devices.set(device.endpoint, {
    values: before?.values ?? new Map(),
    links: before?.links ?? new Set(),
    ...device,
    expires: until(device.expires_in),
    awakeUntil: until(device.awake_for),
    gone: null,
  });
  chosen ??= device.endpoint;
  if (device.endpoint === chosen) {
    view.show(devices.get(chosen));
  }
}

// A registration has ended. The chosen device stays, so that one sees what became of it.
function end(name, gone) {
  const device = devices.get(name);
  if (name === chosen) {
    Object.assign(device, { gone, observed: [] });
    view.show(device);
  } else {
    devices.delete(name);
  }
}

function takeValue(device, { path, text, kind }, at) {
  const readings = device.values.get(path)?.readings ?? [];
  const number = Number(text);
  if (kind !== "boolean" && kind !== "opaque" && text.trim() !== "" && Number.isFinite(number)) {
    readings.push(number);
    readings.splice(0, readings.length - MOST_READINGS);
  }
  device.values.set(path, { text, kind, at, readings });
}

// Requests to devices

// Makes one; the answer has the error, if there was one.
async function ask(device, operation, path, argument = "") {
  let response;
  try {
    response = await fetch("requests", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ operation, device: device.endpoint, path, argument }),
    });
  } catch {
    return { error: "the server cannot be reached" };
  }
  if (!response.ok) {
    return { error: await response.text() };
  }
  const { request } = await response.json();
  if (request === null) {
    // An observation without a request: the server has forgotten it, which is no event.
    const known = devices.get(device.endpoint);
    known.observed = known.observed.filter((observed) => observed !== path);
    view.show(known);
    return {};
  }
  if (early.has(request)) {
    const answer = early.get(request);
    early.delete(request);
    return answer;
  }
  return new Promise((done) => waiting.set(request, done));
}

// What is shown

let soon = false;

// Once a frame, however much happens in it.
function showDevicesSoon() {
  if (!soon) {
    soon = true;
    requestAnimationFrame(() => {
      soon = false;
      showDevices();
    });
  }
}

function showDevices() {
  document.getElementById("none").hidden = devices.size > 0;
  // What stays is not moved, which would take the focus from it.
  for (const item of [...list.children]) {
    if (!devices.has(item.dataset.name)) {
      item.remove();
    }
  }
  [...devices.keys()].sort().forEach((name, index) => {
    const there = list.children[index];
    if (there?.dataset.name !== name) {
      list.insertBefore(listItem(name), there ?? null);
    }
  });
  for (const item of list.children) {
    const device = devices.get(item.dataset.name);
    const [button] = item.children;
    button.ariaCurrent = String(item.dataset.name === chosen);
    button.classList.toggle("gone", device.gone !== null);
    const [, shown] = button.children;
    const text = state(device);
    if (shown.textContent !== text) {
      shown.textContent = text;
    }
  }
}

function listItem(name) {
  const item = document.createElement("li");
  item.dataset.name = name;
  const button = item.appendChild(document.createElement("button"));
  const label = button.appendChild(document.createElement("span"));
  label.className = "name";
  label.textContent = name;
  button.appendChild(document.createElement("span")).className = "state";
  button.onclick = () => {
    const before = devices.get(chosen);
    if (before?.gone && chosen !== name) {
      devices.delete(chosen);
    }
    chosen = name;
    view.show(devices.get(name));
    showDevices();
  };
  return item;
}

function state(device) {
  if (device.gone) {
    return device.gone;
  }
  const left = device.expires === null ? "without end" : `${secondsUntil(device.expires)} s left`;
  if (!device.queue_mode) {
    return left;
  }
  return `${secondsUntil(device.awakeUntil) > 0 ? "awake" : "asleep"}, ${left}`;
}

function secondsUntil(time) {
  return time === null ? 0 : Math.max(0, Math.round((time - Date.now()) / 1000));
}

function showMessage(line) {
  const atEnd = log.scrollTop + log.clientHeight >= log.scrollHeight - 4;
  const item = document.createElement("li");
  item.textContent = line.trimStart();
  log.append(item);
  while (log.childElementCount > MOST_MESSAGES) {
    log.firstElementChild.remove();
  }
  if (atEnd) {
    log.scrollTop = log.scrollHeight;
  }
}

function showConnection(text, state = "live") {
  const connection = document.getElementById("connection");
  connection.textContent = text;
  connection.className = state;
}

setInterval(() => {
  showDevices();
  view.tick();
}, 1000);
