"""The verbs of goods: describing (list, edit, publish, pause), judging (may it be shown), stocking (restock, reserve, take), picturing."""

from marvec.listings.service.describing import (
    clear_listing,
    create_listing,
    credential_of,
    edit_listing,
    hold,
    hold_listing,
    pause_listing,
    publish_listing,
    release_listing,
)
from marvec.listings.service.judging import check_words, obstacle, obstacle_in_words
from marvec.listings.service.picturing import PURPOSE, add_picture, remove_picture, reorder_pictures, shift_picture, upload_picture
from marvec.listings.service.pricing import change_quickly
from marvec.listings.service.stocking import change_stock, reserve, restock, take, unreserve

__all__ = [
    "PURPOSE",
    "add_picture", "change_quickly", "change_stock", "check_words", "clear_listing", "create_listing", "credential_of", "edit_listing",
    "hold", "hold_listing", "obstacle", "obstacle_in_words", "pause_listing", "publish_listing", "release_listing", "remove_picture",
    "reorder_pictures", "reserve", "restock", "shift_picture", "take", "unreserve", "upload_picture",
]  # fmt: skip
