// Where the visitor writes, chooses photos, speaks and sends a position.
import { byId, facts, icon, make, newId, say } from './facts.js';
import { draft } from './keep.js';
import * as log from './log.js';
import { notify, settle } from './notice.js';
import { put } from './outbox.js';
import { record } from './recorder.js';

const MOST = 9;
const field = byId('words');
const tray = byId('tray');
const touch = window.matchMedia('(pointer: coarse)').matches;
let chosen = []; // {blob, kind, node}

function grow() {
  field.style.height = 'auto';
  if (!field.value) return; // its minimum; a long placeholder doesn't count
  field.style.height = Math.min(field.scrollHeight + 2, Math.round(window.innerHeight * 0.35)) + 'px';
}

/** On a low screen (a keyboard stands on it) the button stays in reach of whoever writes. */
function reach() {
  if (document.activeElement === field) byId('send').scrollIntoView({ block: 'nearest' });
}

function kindOf(blob) {
  const kinds = { image: 'photo', audio: 'voice', video: 'video' };
  return kinds[(blob.type || '').split('/')[0]] || 'document';
}

function number() {
  const counts = { photo: 0, voice: 0 };
  chosen.forEach((one) => {
    const kind = one.kind === 'voice' ? 'voice' : 'photo';
    counts[kind] += one.kind === 'document' ? 0 : 1;
    const name = one.kind === 'document' ? say('sent_document') : say(kind + '_n', { n: counts[kind] });
    one.node.querySelector('button').setAttribute('aria-label', say('remove', { name }));
  });
  tray.hidden = chosen.length === 0;
}

function look(blob, kind) {
  if (kind === 'document') return icon('file');
  const address = URL.createObjectURL(blob);
  if (kind === 'voice') return make('audio', { src: address, controls: true, 'aria-label': say('voice_play') });
  const image = make('img', { src: address, alt: '' });
  image.addEventListener('error', () => image.parentNode && image.parentNode.replaceChild(icon('photo'), image));
  return image;
}

function choose(blob) {
  const kind = kindOf(blob);
  const limit = facts.limits[kind];
  if (blob.size > limit) {
    notify('file', say('file_big', { n: Math.floor(limit / 1048576) }));
    return;
  }
  if (chosen.length >= MOST) {
    notify('file', say('too_many'));
    return;
  }
  const remove = make('button', { type: 'button', class: 'remove' }, icon('close'));
  const one = { blob, kind, node: make('li', { class: kind }, look(blob, kind), remove) };
  remove.addEventListener('click', () => {
    chosen = chosen.filter((other) => other !== one);
    one.node.remove();
    number();
    (tray.querySelector('button') || field).focus();
  });
  chosen.push(one);
  tray.append(one.node);
  number();
}

function fromPicker(event) {
  settle('file', 'voice');
  Array.from(event.target.files).forEach(choose);
  event.target.value = '';
  byId('send').focus();
}

async function send() {
  const text = field.value.trim();
  const going = chosen;
  if (!text && !going.length) {
    field.focus();
    return;
  }
  field.value = '';
  chosen = [];
  tray.textContent = '';
  number();
  grow();
  settle('file', 'voice', 'position');
  const album = going.length > 1 ? newId() : '';
  if (!going.length) put({ what: 'text', text });
  if (!going.length) draft.save('');
  for (let place = 0; place < going.length; place += 1) {
    const one = going[place];
    await put({ what: 'file', kind: one.kind, album, text: place ? '' : text }, one.blob);
    draft.save(field.value); // only now are the words kept elsewhere; what was written since is the draft
  }
  log.toEnd();
  if (!touch) field.focus();
}

const FAILURES = { 1: 'position_denied', 2: 'position_failed', 3: 'position_failed' };

function locate() {
  if (!navigator.geolocation || window.isSecureContext === false) {
    notify('position', say('no_position'));
    return;
  }
  notify('position', say('position_busy'));
  navigator.geolocation.getCurrentPosition((found) => {
    settle('position');
    const { latitude, longitude, accuracy } = found.coords;
    put({ what: 'position', position: { latitude, longitude, accuracy } });
  }, (failure) => notify('position', say(FAILURES[failure.code] || 'position_failed')), {
    enableHighAccuracy: true, timeout: 15000, maximumAge: 5000,
  });
}

/** Do what a message asks for. */
export function want(what) {
  if (what === 'position') locate();
  else if (what === 'document') byId('document-file').click();
  else if (what === 'voice') record(choose);
  else byId('photo-file').click();
}

/** Bring the composer to life; a draft of the last week is there again. */
export function start() {
  field.value = draft.load();
  grow();
  field.addEventListener('input', () => {
    draft.save(field.value);
    grow();
    reach();
  });
  window.addEventListener('resize', reach);
  field.addEventListener('keydown', (event) => {
    const writing = event.isComposing || event.keyCode === 229; // an input method is still choosing characters
    if (event.key !== 'Enter' || event.shiftKey || writing) return;
    event.preventDefault();
    send();
  });
  field.addEventListener('paste', (event) => {
    const pasted = event.clipboardData ? Array.from(event.clipboardData.files) : [];
    if (!pasted.length) return;
    event.preventDefault();
    pasted.forEach(choose);
  });
  byId('composer').addEventListener('submit', (event) => {
    event.preventDefault();
    send();
  });
  byId('photo').addEventListener('click', () => want('photo'));
  byId('voice').addEventListener('click', () => want('voice'));
  byId('position').addEventListener('click', () => want('position'));
  byId('photo-file').addEventListener('change', fromPicker);
  byId('voice-file').addEventListener('change', fromPicker);
  byId('document-file').addEventListener('change', fromPicker);
}
