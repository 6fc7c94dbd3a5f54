"""`marvec openapi`."""

import click


@click.command()
def openapi() -> None:
    """Print the OpenAPI document."""
    import msgspec  # noqa: PLC0415 - so that the command's help needs none of it

    from marvec.app import create_app  # noqa: PLC0415

    document = msgspec.json.encode(create_app().openapi_schema.to_schema())
    click.echo(msgspec.json.format(document, indent=2).decode())
