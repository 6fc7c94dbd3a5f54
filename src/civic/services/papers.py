"""A PDF as an answer."""

from litestar import Response

PDF = "application/pdf"


def pdf(filename: str, data: bytes) -> Response[bytes]:
    """A download that no cache keeps."""
    headers = {"Content-Disposition": f'attachment; filename="{filename}"', "Cache-Control": "private, no-store"}
    return Response(data, media_type=PDF, headers=headers)
