// The library asks this name for the nonce that the page's policy lets its one style element have.
window.__webpack_nonce__ = document.querySelector("meta[name=nonce]").content;
