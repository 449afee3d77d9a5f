// Talks to the server; every trouble comes back as a name, never as an exception.
import { base } from './facts.js';

const OWN = { 'X-Workroom': '1' };

async function answer(response) {
  let content = {};
  try {
    content = await response.json();
  } catch (none) {
    content = {};
  }
  return outcome(response.status, content, response.headers.get('Retry-After'));
}

function outcome(status, content, retryAfter) {
  if (status >= 200 && status < 300) return { ok: true, content };
  if (status === 401) return { trouble: 'stranger', words: content.words };
  if (status === 429) return { trouble: 'busy', seconds: Number(retryAfter) || 5 };
  if (status >= 500) return { trouble: 'trouble', seconds: Number(retryAfter) || 0, status };
  return { trouble: 'refused', words: content.words };
}

async function ask(path, options) {
  try {
    return await answer(await fetch(base + path, Object.assign({ credentials: 'same-origin' }, options)));
  } catch (away) {
    return { trouble: 'offline' };
  }
}

/** The end of the conversation, or what leads up to a line. */
export const history = (before) => ask('chat/messages' + (before ? '?before=' + before : ''));

/** What follows a line; waits for it so many seconds. */
export const following = (after, wait) => ask('chat/messages?after=' + after + '&wait=' + wait);

/** A new start, where the server doesn't know this browser. */
export const fresh = () => ask('chat/fresh', { method: 'POST', headers: OWN });

/** Something the visitor says. */
export function send(content) {
  const headers = Object.assign({ 'Content-Type': 'application/json' }, OWN);
  return ask('chat/send', { method: 'POST', headers, body: JSON.stringify(content) });
}

/** A file; `progress` is told how much has gone, from 0 to 1. */
export function upload(item, blob, progress) {
  const form = new FormData();
  form.append('id', item.id);
  form.append('caption', item.text || '');
  form.append('album', item.album || '');
  form.append('file', blob, 'file');
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open('POST', base + 'chat/send');
    request.setRequestHeader('X-Workroom', '1');
    request.upload.onprogress = (event) => event.lengthComputable && progress(event.loaded / event.total);
    request.onerror = () => resolve({ trouble: 'offline' });
    request.onload = () => {
      let content = {};
      try {
        content = JSON.parse(request.responseText);
      } catch (none) {
        content = {};
      }
      resolve(outcome(request.status, content, request.getResponseHeader('Retry-After')));
    };
    request.send(form);
  });
}
