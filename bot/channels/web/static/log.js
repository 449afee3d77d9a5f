// The conversation on the screen: every line once, in the server's order, changed in place where asked.
import { byId, make, say } from './facts.js';
import { unkept } from './keep.js';
import * as line from './line.js';

const box = byId('log');
const scroll = byId('scroll');
const newer = byId('newer');
const NEAR = 120; // pixels from the end that still count as being there
const WAITING = 1e15; // what waits stands after everything that has a number

const entries = []; // {order, node, message, id, version, sent}
const acts = { press: null, want: null };
let restoring = unkept.all();
let waiting = 0;
let rested = 0; // where the page itself has scrolled to

/** What pressing does: press(choice, message, node, click), want(what). */
export function doing(press, want) {
  acts.press = press;
  acts.want = want;
}

const at = (test) => entries.find(test);
const top = () => entries.reduce((most, one) => (one.order < WAITING ? Math.max(most, one.order) : most), 0);

const actsOf = (entry) => ({
  press: (choice, button, click) => acts.press(choice, entry.message, button, click),
  want: (what) => acts.want(what),
});

function draw(entry) {
  const { message } = entry;
  const node = message.mine ? line.mine(message) : line.theirs(message, actsOf(entry));
  place(Object.assign(entry, { node }));
}

function place(entry) {
  let before = entries.length;
  while (before && entries[before - 1].order > entry.order) before -= 1;
  const next = entries[before];
  entries.splice(before, 0, entry);
  box.insertBefore(entry.node, next ? next.node : null);
}

function take(entry) {
  const focused = entry.node.contains(document.activeElement);
  entries.splice(entries.indexOf(entry), 1);
  entry.node.remove();
  return focused;
}

function swap(entry, message) {
  const old = entry.message;
  entry.message = message;
  line.change(entry.node, old, message, actsOf(entry));
}

/** Show or apply lines of the server, whatever the order in which they come; each counts once. */
export function apply(messages) {
  const near = isNear();
  const known = entries.slice();
  let heard = 0;
  let focused = false;
  let changed = false;
  messages.forEach((message) => {
    if (message.edit) changed = change(message) || changed;
    else if (!at((one) => one.id === message.id)) {
      focused = add(message) || focused;
      heard += message.mine ? 0 : 1;
    }
  });
  const fresh = entries.find((one) => !known.includes(one));
  if (!fresh && !changed && entries.length === known.length) return 0; // nothing moves for what is there already
  settle();
  if (near) reveal(fresh);
  else if (heard) point('newer');
  if (focused) focusLast();
  return heard;
}

function add(message) {
  let focused = false;
  const waits = message.sent && at((one) => one.sent === message.sent);
  if (waits) focused = take(waits);
  const old = message.supersedes && at((one) => one.id === message.supersedes);
  if (old) focused = take(old) || focused;
  if (!message.quiet && !message.gone) {
    draw({ order: message.id, message, id: message.id, version: message.id, sent: message.sent });
  }
  return focused;
}

function change(message) {
  const entry = at((one) => one.id === message.edit);
  if (!entry || entry.version >= message.id) return false;
  entry.version = message.id;
  swap(entry, Object.assign({}, message, { id: message.edit }));
  return true;
}

/** Show what was answered but not kept; only this window has it. `instead` is the message it replaces. */
export function showUnkept(messages, instead) {
  let old = instead && at((one) => one.message === instead);
  messages.forEach((message) => {
    if (message.replaces && old) {
      swap(old, message);
      old = null;
    } else {
      draw({ order: top() + 0.0001, message, id: null, version: 0 });
    }
  });
  rememberUnkept();
  settle();
  reveal(at((one) => messages.includes(one.message)));
}

function rememberUnkept() {
  const lines = entries.filter((one) => one.id === null && one.order < WAITING);
  unkept.save(lines.map((one) => ({ order: one.order, message: one.message })));
}

/** After a reload: what was not kept stands where it stood. */
export function restoreUnkept() {
  restoring.forEach((one) => draw({ order: one.order, message: one.message, id: null, version: 0 }));
  restoring = [];
  settle();
}

/** Remove an unkept message that was answered by one that is kept. */
export function dropUnkept(message) {
  const entry = at((one) => one.message === message && one.id === null);
  if (!entry) return;
  const focused = take(entry);
  rememberUnkept();
  if (focused) focusLast();
}

/** Show what waits to be sent. */
export function showWaiting(item) {
  if (item.what === 'start' || at((one) => one.sent === item.id)) return;
  waiting += 1;
  const node = line.mine(item);
  node.append(make('div', { class: 'state' }));
  place({ order: WAITING + waiting, node, message: item, id: null, version: 0, sent: item.id });
  settle();
  toEnd();
}

/** How it stands with what waits: words, and what can be done about it ([label, act] pairs). */
export function tell(id, words, remedies) {
  const entry = at((one) => one.sent === id && one.order >= WAITING);
  if (!entry) return;
  const state = entry.node.querySelector('.state');
  const buttons = (remedies || []).map(([label, act]) => {
    const button = make('button', { type: 'button', class: 'plain' }, label);
    button.addEventListener('click', act);
    return button;
  });
  entry.node.classList.toggle('failed', buttons.length > 0);
  state.textContent = words;
  state.append(...buttons);
}

/** It has arrived but is not kept: it stays where this window can see it. */
export function settleUnkept(item) {
  const entry = at((one) => one.sent === item.id);
  if (!entry) return;
  take(entry);
  if (item.what === 'file' || item.text) {
    const message = Object.assign({}, item, { mine: true, sent: item.id });
    draw({ order: top() + 0.0001, message, id: null, version: 0, sent: item.id });
  }
  rememberUnkept();
}

/** It will not be sent, or another window has sent it. */
export function forgetWaiting(id) {
  const entry = at((one) => one.sent === id && one.order >= WAITING);
  if (entry && take(entry)) focusLast();
  settle();
}

/** A press that waited shows as words until it has arrived; then the changed message says it. */
export function forgetWaitingIfQuiet(id, incoming) {
  if (incoming.quiet) forgetWaiting(id);
}

export const waitingIds = () => entries.filter((one) => one.order >= WAITING).map((one) => one.sent);

function focusLast() {
  const last = entries[entries.length - 1];
  if (last) last.node.focus({ preventScroll: true });
}

function settle() {
  days();
  quieten();
  byId('empty').hidden = entries.length > 0;
}

/** A day's name stands above its first line. */
function days() {
  box.querySelectorAll('.day').forEach((node) => node.remove());
  let day = null;
  entries.forEach((one) => {
    if (one.message.day && one.message.day !== day) {
      day = one.message.day;
      box.insertBefore(make('div', { class: 'day', 'aria-hidden': 'true' }, day), one.node);
    }
  });
}

/** Questions that were followed by another recede; they can still be pressed. Notices stand for themselves. */
function quieten() {
  let current = true;
  entries.slice().reverse().forEach((one) => {
    if (!one.node.querySelector('.choices')) return;
    const notice = one.id !== null && !one.message.to;
    one.node.classList.toggle('stale', !notice && !current);
    if (!notice) current = false;
  });
}

const isNear = () => scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < NEAR;

/** After one's own words: the answer is in sight, unless it changed a message in its place. */
export function revealAnswer(messages) {
  const fresh = messages.find((one) => !one.edit);
  if (fresh) reveal(at((one) => one.id === fresh.id));
}

/** Show the end, but never more of it than leaves the first new line's beginning in sight. */
function reveal(entry) {
  const end = scroll.scrollHeight - scroll.clientHeight;
  const above = entry && entry.node.previousElementSibling;
  const head = above && above.classList.contains('day') ? above : entry && entry.node;
  const start = head ? head.offsetTop - scroll.offsetTop - 10 : end;
  scroll.scrollTop = Math.min(end, Math.max(0, start));
  pointBelow();
}

/** Say that something stands below: what is new, or the rest of what is being read, with its buttons. */
function point(what) {
  newer.setAttribute('data-what', what);
  newer.lastChild.textContent = say(what);
  newer.hidden = false;
}

function pointBelow() {
  rested = scroll.scrollTop;
  if (isNear()) newer.hidden = true;
  else point('more');
}

const isMore = () => newer.getAttribute('data-what') === 'more';

/** After a reload: the last line is in sight from its beginning. */
export function revealLast() {
  reveal(entries[entries.length - 1]);
}

/** Show the end. */
export function toEnd() {
  scroll.scrollTop = scroll.scrollHeight;
  newer.hidden = true;
}

/** Put earlier lines on top without moving what is being read. */
export function prepend(messages) {
  const height = scroll.scrollHeight;
  messages.forEach((message) => at((one) => one.id === message.id) || add(message));
  settle();
  scroll.scrollTop += scroll.scrollHeight - height;
}

newer.addEventListener('click', () => {
  if (isMore()) {
    scroll.scrollTop += Math.round(scroll.clientHeight * 0.85); // a line is left to find one's place by
    pointBelow();
  } else {
    toEnd();
  }
  if (newer.hidden) focusLast();
});
scroll.addEventListener('scroll', () => {
  const own = Math.abs(scroll.scrollTop - rested) < 30;
  if (isNear() || (isMore() && !own)) newer.hidden = true; // whoever scrolls knows that there is more
}, { passive: true });

export const isEmpty = () => entries.length === 0;
