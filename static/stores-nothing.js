// Loaded before all other scripts: pages hold names and phones, and a shared computer keeps what
// is stored. htmx would keep the address, search words and all; it does without when it may not.
(function () {
  "use strict";
  Storage.prototype.setItem = function () {
    throw new DOMException("this site stores nothing in the browser", "SecurityError");
  };
})();
