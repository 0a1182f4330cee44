"""Pictures are drawn anew: nothing of a file's own bytes, and no place or camera, goes on."""

from chalicelib.rendering.image_files import ImageKind, TooManyPixelsError
from chalicelib.rendering.photos import redrawn_photo
from chalicelib.uploads.model import Checked, FileType, Reason


def check(data: bytes, kind: ImageKind) -> Checked:
    """A JPEG, or a PNG of one. Raises what `redrawn_photo` raises for damage."""
    try:
        photo = redrawn_photo(data, kind)
    except TooManyPixelsError:
        return Checked(reason=Reason.TOO_MANY_PIXELS)
    return Checked(FileType.PNG if photo.is_png else FileType.JPEG, photo.data, photo.thumbnail)
