"""PNG files whose pixels are not compressed, written at the speed of memory (OpenCV takes twenty times as long)."""

import struct
import zlib

import numpy as np

SIGNATURE = b'\x89PNG\r\n\x1a\n'
_LONGEST_BLOCK = 65535  # of bytes that deflate stores as they are


def stored_png(img: np.ndarray) -> list[bytes | memoryview]:
    """Lay an image out as an uncompressed PNG file.

    Args:
        img: Array (H, W, C) of 1, 3 or 4 channels, uint8 or uint16; a view will do.

    Returns:
        The file, in parts to be written one after the other: joining them would cost as much as making them.
    """
    height, width, channels = img.shape
    if img.itemsize == 2:
        img = img.astype('>u2').view(np.uint8)
    row = 1 + width * channels * (img.shape[2] // channels)
    per_block = max((n for n in range(1, _LONGEST_BLOCK // row + 1) if height % n == 0), default=0)
    depth = 8 * (img.shape[2] // channels)
    header = struct.pack('>IIBBBBB', width, height, depth, {1: 0, 3: 2, 4: 6}[channels], 0, 0, 0)
    if per_block:
        body, adler = _rows_in_blocks(img, row, per_block)
    else:  # one row is longer than a block
        rows = np.zeros((height, row), np.uint8)
        rows[:, 1:] = img.reshape(height, -1)
        packed = zlib.compress(rows.tobytes(), 0)
        body, adler = memoryview(packed[2:-4]), int.from_bytes(packed[-4:], 'big')
    start, end = b'IDAT\x78\x01', struct.pack('>I', adler)
    checksum = zlib.crc32(end, zlib.crc32(body, zlib.crc32(start)))
    return [
        SIGNATURE + _chunk(b'IHDR', header) + struct.pack('>I', len(body) + 6) + start,
        body,
        end + struct.pack('>I', checksum) + _chunk(b'IEND', b''),
    ]


def _rows_in_blocks(img: np.ndarray, row: int, per_block: int) -> tuple[memoryview, int]:
    """Blocks of whole rows, each behind the five bytes that announce it, and the checksum of the rows."""
    size = per_block * row
    blocks = np.empty((img.shape[0] // per_block, 5 + size), np.uint8)
    blocks[:, :5] = np.frombuffer(struct.pack('<BHH', 0, size, size ^ 0xFFFF), np.uint8)
    blocks[-1, 0] = 1  # the last one
    rows = blocks[:, 5:].reshape(-1, per_block, row)  # a view: only the last axis is split
    rows[:, :, 0] = 0  # no filter
    rows[:, :, 1:] = img.reshape(-1, per_block, row - 1)
    adler = 1
    for block in blocks:
        adler = zlib.adler32(block[5:].data, adler)
    return blocks.data.cast('B'), adler


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack('>I', len(body)) + kind + body + struct.pack('>I', zlib.crc32(kind + body))
