// What the page is made of.

export function element(name, className = "", text = "") {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

// What it says is followed, for who does not see the place where it stands, by what it is about.
export function button(text, subject, does) {
  const made = element("button", "", text);
  made.type = "button";
  made.setAttribute("aria-label", `${text} ${subject}`);
  made.onclick = does;
  return made;
}

// Observes, and cancels the observation.
export class ObserveButton {
  #subject;
  #observed = false;

  constructor(subject, perform) {
    this.#subject = subject;
    this.element = button("Observe", subject, () => perform(this.#observed ? "cancel" : "observe"));
  }

  show(observed) {
    const text = observed ? "Cancel" : "Observe";
    this.#observed = observed;
    this.element.textContent = text;
    this.element.setAttribute("aria-label", `${text} ${this.#subject}`);
    this.element.classList.toggle("on", observed);
  }
}
