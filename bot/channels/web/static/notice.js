// One line of words about how things stand, with what can be done about it.
import { byId, make } from './facts.js';

const box = byId('notice');
let shown = '';

/** Say it; `remedies` are [label, act] pairs. `kind` names it, so that it can be taken back. */
export function notify(kind, words, remedies) {
  shown = kind;
  const buttons = (remedies || []).map(([label, act]) => {
    const button = make('button', { type: 'button', class: 'plain' }, label);
    button.addEventListener('click', act);
    return button;
  });
  box.textContent = '';
  box.append(make('span', {}, words), ...buttons);
  box.hidden = false;
}

/** Take it back, if it is what is shown. */
export function settle(...kinds) {
  if (!kinds.includes(shown)) return;
  shown = '';
  box.hidden = true;
  box.textContent = '';
}
