// Runs before anything is painted: the chosen size of the text, and whether we stand within a frame.
(function () {
  'use strict';
  var root = document.documentElement;
  try {
    var size = localStorage.getItem('workroom:size');
    if (size === '2' || size === '3') { root.setAttribute('data-size', size); }
  } catch (none) {
    root.setAttribute('data-size', '1');
  }
  if (window.top !== window.self) { root.classList.add('framed'); }
}());
