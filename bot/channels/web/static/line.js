// Draws one line of the conversation: what somebody said, with its pictures, sounds and buttons.
import { base, icon, make, say } from './facts.js';
import { atRest } from './hand.js';
import { files, previews } from './keep.js';
import { enlarge } from './viewer.js';

const ADDRESS = /(https?:\/\/[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=%]+)/;

const WANTED = { document: 'file' }; // the icon's name where it isn't the thing's

const WHOLE = /((?:\d{1,2}\u6708)?\d+\u65e5\([^)\d]{2}\)|\d{1,2}:\d{2}–\d{1,2}:\d{2}|[0-9A-Z]{4}-[0-9A-Z]{2}(?![0-9A-Z]))/;

/** Words whose days, hours and numbers of requests stay in one line, in large letters too. */
const whole = (text) => text.split(WHOLE).map((part, place) => (place % 2 ? make('span', { class: 'whole' }, part) : part));

function words(text) {
  const node = make('div', { class: 'text' });
  text.split(ADDRESS).forEach((part, place) => {
    if (place % 2) node.append(make('a', { href: part, rel: 'noopener', target: '_blank' }, part));
    else node.append(...whole(part));
  });
  return node;
}

function picture(source, full, name) {
  const image = make('img', { src: source, alt: '', loading: 'lazy' });
  const button = make('button', { type: 'button', class: 'picture', 'aria-label': name }, image);
  image.addEventListener('error', () => button.replaceChild(icon('photo'), image), { once: true });
  button.addEventListener('click', () => enlarge(full, button));
  return button;
}

function medium(one, place) {
  const address = base + 'media/' + one.id;
  if (one.kind === 'photo') return picture(address + '/thumb', address, say('photo_open', { n: place + 1 }));
  if (one.kind === 'voice') return make('audio', { src: address, controls: true, preload: 'none', 'aria-label': say('voice_play') });
  if (one.kind === 'video') {
    return make('video', { src: address, poster: address + '/thumb', controls: true, preload: 'none', 'aria-label': say('video_play') });
  }
  return make('a', { href: address, class: 'document', download: true }, icon('file'), say('file_open'));
}

function choice(one, pressed) {
  const button = make('button', { type: 'button', class: one.minor ? 'choice minor' : 'choice' }, ...whole(one.label));
  button.addEventListener('click', (event) => pressed(one, button, event));
  return button;
}

function choices(message, acts) {
  const box = make('div', { class: 'choices' });
  const wanted = (message.wants || []).filter((want) => say('wants_' + want)).map((want) => {
    const button = make('button', { type: 'button', class: 'choice wanted' }, icon(WANTED[want] || want), say('wants_' + want));
    button.addEventListener('click', () => acts.want(want));
    return button;
  });
  if (wanted.length) box.append(make('div', { class: 'choice-row' }, ...wanted));
  (message.buttons || []).forEach((row) => {
    const buttons = row.map((one) => choice(one, acts.press));
    box.append(make('div', { class: 'choice-row' }, ...buttons));
  });
  const main = box.querySelectorAll('.choice:not(.minor)');
  if (main.length === 1) main[0].classList.add('primary');
  return box;
}

/** What stands in a bubble, from top to bottom: [name, how it is found, how it is made]. */
const PARTS = [
  ['text', '.text', (message) => message.text && words(message.text)],
  ['media', '.media', ({ media }) => media && media.length && make('div', { class: 'media' }, ...media.map(medium))],
  ['time', 'time', (message) => message.time && make('time', { datetime: message.at }, message.time)],
];

/** What the workroom says. `acts` are what pressing does: press(choice, button, click), want(what). */
export function theirs(message, acts) {
  const node = make('div', { class: 'line theirs', tabindex: '-1' });
  const parts = PARTS.map(([, , draw]) => draw(message)).filter(Boolean);
  node.append(make('span', { class: 'unseen' }, say('them') + ' '), make('div', { class: 'bubble' }, ...parts));
  const box = choices(message, acts);
  if (box.firstChild) node.append(box);
  return node;
}

const alike = (old, message, name) => JSON.stringify(old[name]) === JSON.stringify(message[name]);

/** Change a line in its place. What is the same in it stays as it is: the focus, a press, a sound that is playing. */
export function change(node, old, message, acts) {
  const held = document.activeElement;
  const had = node.contains(held);
  node.querySelectorAll('.pressed').forEach((one) => one.classList.remove('pressed'));
  rewrite(node.querySelector('.bubble'), old, message);
  if (!alike(old, message, 'buttons') || !alike(old, message, 'wants')) offer(node, choices(message, acts));
  if (had && !node.contains(document.activeElement)) refocus(node, held.textContent);
  node.classList.remove('changed');
  void node.offsetWidth; // so that it is seen to change again
  node.classList.add('changed');
}

function rewrite(bubble, old, message) {
  let next = null;
  PARTS.slice().reverse().forEach(([name, place, draw]) => {
    let part = bubble.querySelector(place);
    if (!alike(old, message, name)) {
      if (part) part.remove();
      part = draw(message);
      if (part) bubble.insertBefore(part, next);
    }
    next = part || next;
  });
}

function offer(node, box) {
  const there = node.querySelector('.choices');
  if (there) there.remove();
  if (box.firstChild) node.append(box);
}

/** The button of the same name has the focus again, or else the line. */
function refocus(node, name) {
  const same = Array.from(node.querySelectorAll('button')).find((one) => name && one.textContent === name);
  (same || node).focus({ preventScroll: true });
}

const NAMES = { photo: 'sent_photo', voice: 'sent_voice', video: 'sent_video', document: 'sent_document' };
const SIGNS = { photo: 'photo', voice: 'voice' };

async function own(kind, id, label) {
  const blob = (await previews.get(id)) || (await files.get(id));
  await atRest();
  if (!blob) return;
  const address = URL.createObjectURL(blob);
  if (kind === 'photo') label.parentNode.replaceChild(picture(address, address, say('sent_photo')), label);
  if (kind === 'voice') {
    const sound = make('audio', { src: address, controls: true, preload: 'metadata', 'aria-label': say('voice_play') });
    label.parentNode.replaceChild(sound, label);
  }
}

/** What the visitor said, whether it has arrived (a line of the server) or waits (an item of the queue). */
export function mine(said) {
  const bubble = make('div', { class: 'bubble' });
  if (said.what === 'file') {
    const label = make('span', { class: 'document' }, icon(SIGNS[said.kind] || 'file'), say(NAMES[said.kind] || NAMES.document));
    bubble.append(make('div', { class: 'media' }, label));
    own(said.kind, said.sent || said.id, label);
  }
  if (said.what === 'position') bubble.append(make('span', { class: 'document' }, icon('position'), say('position_sent')));
  if (said.text) bubble.append(words(said.text));
  if (said.time) bubble.append(make('time', { datetime: said.at }, said.time));
  const node = make('div', { class: 'line mine', tabindex: '-1' });
  node.append(make('span', { class: 'unseen' }, say('me') + ' '), bubble);
  return node;
}
