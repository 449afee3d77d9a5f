// What the server told the page when it was made: its words, its address, what it takes.

export const facts = JSON.parse(document.getElementById('facts').textContent);
export const base = facts.base;

/** The page's words; `holes` fills what only the page knows. */
export function say(key, holes) {
  let words = facts.words[key] || '';
  Object.keys(holes || {}).forEach((name) => {
    words = words.split('{' + name + '}').join(String(holes[name]));
  });
  return words;
}

/** A random name of 128 bits; old browsers and plain http have no crypto.randomUUID. */
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => ('0' + byte.toString(16)).slice(-2)).join('');
}

/** An element with its attributes, its text and its children. */
export function make(tag, attributes, ...children) {
  const node = document.createElement(tag);
  Object.entries(attributes || {}).forEach(([name, value]) => {
    if (value === true) node.setAttribute(name, '');
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, value);
  });
  children.forEach((child) => node.append(child));
  return node;
}

/** One of the page's own signs. */
export function icon(name) {
  const space = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(space, 'svg');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS(space, 'use');
  use.setAttribute('href', '#i-' + name);
  svg.append(use);
  return svg;
}

export const byId = (id) => document.getElementById(id);
