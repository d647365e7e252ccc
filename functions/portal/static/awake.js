// Keeps the screen on while a pass is shown or a gate scans; the phone takes the lock back whenever the page is hidden.
export function keepAwake() {
  let lock = null;
  const ask = async () => {
    if (document.visibilityState !== "visible") return;
    lock = await navigator.wakeLock?.request("screen").catch(() => null); // refused when the battery is low
  };
  document.addEventListener("visibilitychange", ask);
  ask();
  return {
    end() {
      document.removeEventListener("visibilitychange", ask);
      lock?.release();
    },
  };
}
