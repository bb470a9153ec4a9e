// Photos on their way out: made smaller, so that a phone's 12 megapixels do not cost a minute of upload.

const LONGEST_SIDE = 1600;
const QUALITY = 0.85;
export const MOST_PHOTOS = 10;

/** Whether a file is a video: it goes as it is. */
export const isFilm = (file) => file.type.startsWith("video/");

/** Return the photo at most 1600 pixels wide and high as JPEG; as it is where the browser cannot read it. */
export async function smaller(file) {
  if (isFilm(file)) return file;
  try {
    const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONGEST_SIDE / Math.max(bitmap.width, bitmap.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(bitmap.width * scale);
    canvas.height = Math.round(bitmap.height * scale);
    const pen = canvas.getContext("2d");
    pen.fillStyle = "#fff"; // JPEG knows no transparency; product cut-outs look right on white
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    bitmap.close();
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
    return blob && (scale < 1 || blob.size < file.size) ? blob : file;
  } catch {
    return file;
  }
}
