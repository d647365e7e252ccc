// Reading QR codes: by the browser where it can, else by the decoder in vendor/, which is loaded only here.
const SIDE_MAX = 1_600; // pixels; more only cost time
const MARGIN = 24; // a picture cut at the edge of the code still needs its quiet zone
const PICTURE_SCALES = [1, 0.5, 0.75, 1.5, 0.33, 2];
const CAMERA_SCALES = [1, 0.6];
const LOOK_EVERY_MS = 120;

let known = null;
const detector = () => (known ??= make());

async function make() {
  const native = globalThis.BarcodeDetector;
  const formats = (await native?.getSupportedFormats().catch(() => [])) ?? [];
  const Detector = formats.includes("qr_code") ? native : (await import("./vendor/decode.js")).BarcodeDetector;
  return new Detector({ formats: ["qr_code"] });
}

// The text of the code in a picture file, null when none can be read; throws when the file is no picture.
export async function readPicture(file) {
  const bitmap = await createImageBitmap(file);
  try {
    return await read(bitmap, bitmap.width, bitmap.height, PICTURE_SCALES);
  } finally {
    bitmap.close();
  }
}

async function read(source, width, height, scales) {
  const base = Math.min(1, SIDE_MAX / Math.max(width, height));
  for (const scale of scales) {
    const [code] = await (await detector()).detect(drawn(source, width * base * scale, height * base * scale));
    if (code?.rawValue) return code.rawValue;
  }
  return null;
}

function drawn(source, width, height) {
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(width) + 2 * MARGIN;
  canvas.height = Math.round(height) + 2 * MARGIN;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(source, MARGIN, MARGIN, Math.round(width), Math.round(height));
  return canvas;
}

// Looks through the camera until it is closed or nobody `wants` it any more; every text seen is given to `see`.
export async function openEye(video, see, wants, awake) {
  try {
    video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  } catch (refused) {
    awake.end();
    throw refused;
  }
  let open = true;
  const close = () => {
    if (!open) return;
    open = false;
    awake.end();
    video.srcObject.getTracks().forEach((track) => track.stop());
    video.srcObject = null;
  };
  look(video, see, () => open && wants()).finally(close);
  return { close };
}

async function look(video, see, goesOn) {
  await video.play();
  while (goesOn()) {
    const token = video.videoWidth ? await read(video, video.videoWidth, video.videoHeight, CAMERA_SCALES) : null;
    if (token && goesOn()) await see(token);
    await new Promise((rest) => setTimeout(rest, LOOK_EVERY_MS));
  }
}
