// To a page; to the one that is shown already, it is made anew.
export function go(hash) {
  if (location.hash === hash) dispatchEvent(new Event("hashchange"));
  else location.hash = hash;
}
