// What this browser keeps: words not yet sent, the text being written, files on their way, small previews.
import { base } from './facts.js';

const WEEK = 7 * 24 * 3600 * 1000;
const PREVIEWS_LIVE = 60 * 24 * 3600 * 1000;
const memory = new Map();

function read(store, key, otherwise) {
  try {
    const text = store.getItem('workroom:' + base + key);
    return text === null ? otherwise : JSON.parse(text);
  } catch (none) {
    return memory.has(key) ? memory.get(key) : otherwise;
  }
}

function write(store, key, value) {
  memory.set(key, value);
  try {
    store.setItem('workroom:' + base + key, JSON.stringify(value));
  } catch (full) {
    return false; // kept in memory alone: a private window, or no room
  }
  return true;
}

/** Whether a storage event is about what waits to be sent here. */
export const isQueue = (key) => key === 'workroom:' + base + 'queue';

export const queue = {
  all: () => read(localStorage, 'queue', []),
  add: (item) => write(localStorage, 'queue', queue.all().concat([item])),
  remove: (id) => write(localStorage, 'queue', queue.all().filter((item) => item.id !== id)),
  change: (id, change) => write(
    localStorage, 'queue', queue.all().map((item) => (item.id === id ? Object.assign({}, item, change) : item)),
  ),
};

export const draft = {
  load() {
    const kept = read(localStorage, 'draft', null);
    return kept && Date.now() - kept.at < WEEK ? kept.text : '';
  },
  save: (text) => write(localStorage, 'draft', { text, at: Date.now() }),
};

/** What was said before the server may keep anything: this window alone remembers it. */
export const unkept = {
  all: () => read(sessionStorage, 'unkept', []),
  save: (lines) => write(sessionStorage, 'unkept', lines.slice(-40)),
};

/** This window's own name; it outlives a reload. */
export function windowName(newId) {
  let name = read(sessionStorage, 'window', null);
  if (!name) {
    name = newId();
    write(sessionStorage, 'window', name);
  }
  return name;
}

let opened = null;

function database() {
  if (!opened) {
    opened = new Promise((resolve, reject) => {
      const request = indexedDB.open('workroom' + base, 1);
      request.onupgradeneeded = () => {
        request.result.createObjectStore('files');
        request.result.createObjectStore('previews');
      };
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  }
  return opened;
}

async function within(store, mode, work) {
  const db = await database();
  return new Promise((resolve, reject) => {
    const transaction = db.transaction(store, mode);
    const request = work(transaction.objectStore(store));
    transaction.oncomplete = () => resolve(request.result);
    transaction.onabort = () => reject(transaction.error);
    transaction.onerror = () => reject(transaction.error);
  });
}

/** Blobs by name: in the browser's database, or in memory where it has none. */
function shelf(store) {
  const here = new Map();
  return {
    async put(id, blob) {
      here.set(id, blob);
      try {
        await within(store, 'readwrite', (files) => files.put({ blob, at: Date.now() }, id));
      } catch (none) {
        return false;
      }
      return true;
    },
    async get(id) {
      if (here.has(id)) return here.get(id);
      try {
        const found = await within(store, 'readonly', (files) => files.get(id));
        return found ? found.blob : null;
      } catch (none) {
        return null;
      }
    },
    async remove(id) {
      here.delete(id);
      try {
        await within(store, 'readwrite', (files) => files.delete(id));
      } catch (none) {
        return false;
      }
      return true;
    },
  };
}

export const files = shelf('files');
export const previews = shelf('previews');

/** Previews of long ago make room. */
export async function tidy() {
  try {
    const db = await database();
    const request = db.transaction('previews', 'readwrite').objectStore('previews').openCursor();
    request.onsuccess = () => {
      const cursor = request.result;
      if (!cursor) return;
      if (Date.now() - cursor.value.at > PREVIEWS_LIVE) cursor.delete();
      cursor.continue();
    };
  } catch (none) {
    return false;
  }
  return true;
}
