"""A PDF as an answer."""

from litestar import Response
from litestar.openapi import ResponseSpec

PDF = "application/pdf"
AS_PDF = ResponseSpec(bytes, media_type=PDF, generate_examples=False, description="The paper")


def pdf(filename: str, data: bytes) -> Response[bytes]:
    """A download that no cache keeps."""
    headers = {"Content-Disposition": f'attachment; filename="{filename}"', "Cache-Control": "private, no-store"}
    return Response(data, media_type=PDF, headers=headers)
