/**
 * The element with an id; the page has all that are asked for.
 * @returns {any}
 */
export function byId(id) {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`No element #${id}`);
  return found;
}

/**
 * Makes an element.
 * @param {string} name
 * @param {Record<string, string | undefined>} [attributes] those undefined are left out
 * @param {(Node | string)[]} children
 * @returns {any}
 */
export function make(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}

/** The same of a drawing. */
export function draw(name, attributes = {}, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);
}

function fill(element, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined) element.setAttribute(key, value);
  }
  element.append(...children);
  return element;
}

/** Sets a text only where it is another one: readers and layout are left in peace. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Shows or hides. */
export function show(element, isShown) {
  if (element.hidden === isShown) element.hidden = !isShown;
}

/** Whether the person wants things to move little. */
export function wantsCalm() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

/** `12,345` */
export function grouped(value) {
  return Math.round(value).toLocaleString("en");
}

/** `1.24 MB`, `830 kB` */
export function bytesText(value) {
  if (value >= 1e9) return `${(value / 1e9).toFixed(2)} GB`;
  if (value >= 1e6) return `${(value / 1e6).toFixed(2)} MB`;
  if (value >= 1e3) return `${Math.round(value / 1e3)} kB`;
  return `${value} B`;
}

/** `1.24 Mbit/s`, `830 kbit/s` */
export function rateText(value) {
  return value >= 1e6 ? `${(value / 1e6).toFixed(2)} Mbit/s` : `${Math.round(value / 1e3)} kbit/s`;
}

/** `1:02.5`, or `1:02:03` from an hour on */
export function timeText(seconds) {
  const tenths = Math.max(0, Math.round(seconds * 10));
  const hours = Math.floor(tenths / 36000);
  const minutes = Math.floor(tenths / 600) % 60;
  const rest = tenths % 600;
  if (hours > 0) {
    return `${hours}:${two(minutes)}:${two(Math.floor(rest / 10))}`;
  }
  return `${minutes}:${two(Math.floor(rest / 10))}.${rest % 10}`;
}

function two(value) {
  return String(value).padStart(2, "0");
}
