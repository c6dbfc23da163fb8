"""A trained network applied to a video, frame by frame."""

import errno
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from srcnn.apis.upscaler import Upscaler
from srcnn.engine.write import whole_file
from srcnn.errors import InputError

CRF = 18.0
# Names of the containers, for those that are not found by the suffix alone
_CONTAINERS = {'.mp4': 'mp4', '.m4v': 'mp4', '.mov': 'mov', '.mkv': 'matroska'}
_UNSPECIFIED, _BT709, _SD = 2, 1, 5  # ITU-T H.273; SD is BT.470BG, that is BT.601 with 625 lines
_SCALER = 0x4 | 0x2000 | 0x40000  # swscale's flags: bicubic, colours of every pixel, accurate rounding
_HD_HEIGHT = 720  # from which on players take a video that does not say for BT.709


def upscale_video(
    upscaler: Upscaler,
    source: str | Path,
    target: str | Path,
    *,
    crf: float = CRF,
    on_frame: Callable[[int, int], None] | None = None,
) -> str:
    """Enlarge a video; sound, subtitles, chapters and the time of each frame are kept.

    H.264 in the colours of the source, 10 bits where it has more than 8. One frame is in memory at a time. The file is
    there whole or not at all.

    Args:
        upscaler: The network.
        source: Any file that FFmpeg reads.
        target: .mp4, .m4v, .mov or .mkv.
        crf: 0 (lossless) to 51; 18 looks like the frames themselves to most people, 23 makes half the size.
        on_frame: Called after each frame with its number, from 1, and how many there should be, 0 if unknown.

    Returns:
        What is doubtful about it: '' as a rule; or that parts were damaged, which are left out, or its end missing.

    Raises:
        InputError: PyAV is not installed, or nothing of the file can be read.
        OSError: The result cannot be written.
    """
    av = _import_av()
    target = Path(target)
    container = _CONTAINERS.get(target.suffix.lower())
    if container is None:
        raise InputError(f'{target}: videos are written as {", ".join(_CONTAINERS)}.')
    with whole_file(target) as part:
        try:
            with av.open(str(source)) as reader, av.open(str(part), 'w', format=container) as writer:
                doubt = _Conversion(upscaler, reader, writer, str(source), crf).run(on_frame)
        except av.error.FFmpegError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise OSError(error.errno, error.strerror) from None
            raise InputError(f'{source}: cannot be converted ({error.strerror or error}).') from None
    return doubt


def _import_av() -> Any:
    try:
        import av
    except ImportError:
        raise InputError('Videos need PyAV: pip install "srcnn[video]"') from None
    if int(av.__version__.split('.')[0]) < 17:
        raise InputError(f'Videos need PyAV 17 or newer, and this is {av.__version__}: pip install "srcnn[video]"')
    av.logging.set_level(av.logging.PANIC)  # what goes wrong is raised
    return av


class _Conversion:
    """One video on its way."""

    def __init__(self, upscaler: Upscaler, reader: Any, writer: Any, name: str, crf: float) -> None:
        if not reader.streams.video:
            raise InputError(f'{name}: there is no video in this file.')
        self.upscaler, self.reader, self.writer, self.name = upscaler, reader, writer, name
        self.video = reader.streams.video[0]
        self.video.thread_type = 'AUTO'
        self.faults: list[str] = []
        rate = self.video.average_rate or Fraction(25)
        options = {'crf': str(crf), 'preset': 'medium'}
        self.made = writer.add_stream('libx264', rate=rate, options=options)  # players want it to be the first
        self.copies = dict(self._copies())
        self.encoder: Any = None  # the same, from the first frame on, which tells what it will be like
        self.turn = 0  # of the first frame: a quarter to the left each
        self.pts: int | None = None
        self.end = 0.0  # of what was read, in seconds
        self.lost = 0
        writer.metadata.update(reader.metadata)
        writer.set_chapters(reader.chapters())

    def run(self, on_frame: Callable[[int, int], None] | None) -> str:
        """Pass everything from the reader to the writer; what is doubtful about it."""
        done, total = 0, self._expected()
        ahead: list[Any] = []  # packets to copy, until the first frame tells what the video will be like
        for packet in self.reader.demux([self.video, *self.copies]):
            if packet.pts is not None:
                self.end = max(self.end, float((packet.pts + (packet.duration or 0)) * packet.time_base))
            if packet.stream is not self.video:
                ahead.append(packet)
            else:
                for frame in self._decoded(packet):
                    self._write(frame)
                    done += 1
                    if on_frame:
                        on_frame(done, total)
            if self.encoder is not None:
                self._copy(ahead)
        if self.encoder is None:
            raise InputError(f'{self.name}: no frame of the video can be decoded.')
        self.writer.mux(self.encoder.encode())
        return self._doubt()

    def _decoded(self, packet: Any) -> list[Any]:
        from av.error import FFmpegError

        try:
            return packet.decode()
        except FFmpegError:
            self.lost += 1
            return []

    def _doubt(self) -> str:
        faults = list(self.faults)
        if self.lost:
            faults.append(f'{self.lost} damaged parts were left out')
        start, length = ((time or 0) / 1_000_000 for time in (self.reader.start_time, self.reader.duration))
        if self.end - start < 0.95 * length - 0.05:
            faults.append(f'it ends after {self.end - start:.1f} of {length:.1f} seconds')
        return f'{self.name}: {" and ".join(faults)}. The result was written; look at it.' if faults else ''

    def _expected(self) -> int:
        if self.video.frames:
            return self.video.frames
        seconds = float((self.reader.duration or 0) / 1_000_000)
        return round(seconds * float(self.video.average_rate or 0))

    def _copies(self) -> Iterator[tuple[Any, Any]]:
        """Streams that are taken over as they are, and what they become."""
        for stream in (*self.reader.streams.audio, *self.reader.streams.subtitles):
            try:
                copy = self.writer.add_stream_from_template(stream)
            except ValueError:
                self.faults.append(f'its {stream.type} has no place in this container')
                continue
            copy.metadata.update(stream.metadata)
            yield stream, copy

    def _copy(self, packets: list[Any]) -> None:
        for packet in packets:
            if packet.size:  # an empty one marks the end
                packet.stream = self.copies[packet.stream]
                self.writer.mux(packet)
        packets.clear()

    def _write(self, frame: Any) -> None:
        deep = max(component.bits for component in frame.format.components) > 8
        matrix = frame.colorspace
        if matrix == _UNSPECIFIED:
            matrix = _BT709 if frame.height >= _HD_HEIGHT else _SD
        kind = 'rgb48le' if deep else 'rgb24'
        small = frame.to_ndarray(
            format=kind, src_colorspace=matrix, src_color_range=frame.color_range, interpolation=_SCALER
        )
        if self.encoder is None:
            self.turn = round(frame.rotation / 90) % 4
        large = _even(self.upscaler(np.rot90(small, self.turn)))
        if self.encoder is None:
            self.encoder = self._open_encoder(frame, large.shape, matrix, deep)
        if (large.shape[1], large.shape[0]) != (self.encoder.width, self.encoder.height):
            raise InputError(f'{self.name}: the size of its frames changes on the way; cut it where it does.')
        made = type(frame).from_ndarray(large, format=kind)
        made.colorspace = matrix  # PyAV before 18 does not know all of them as dst_colorspace
        made = made.reformat(
            format=self.encoder.pix_fmt,
            dst_colorspace=matrix,
            dst_color_range=self.encoder.codec_context.color_range,
            interpolation=_SCALER,
        )
        self.pts = frame.pts if frame.pts is not None else self._next_pts()
        made.pts, made.time_base = self.pts, frame.time_base
        self.writer.mux(self.encoder.encode(made))

    def _next_pts(self) -> int:
        """For files that give no times."""
        if self.pts is None:
            return 0
        return self.pts + round(1 / (self.video.average_rate or 25) / self.video.time_base)

    def _open_encoder(self, frame: Any, shape: tuple[int, ...], matrix: int, deep: bool) -> Any:
        stream = self.made
        stream.height, stream.width = shape[:2]
        stream.pix_fmt = 'yuv420p10le' if deep else 'yuv420p'
        stream.time_base = self.video.time_base
        context, given = stream.codec_context, self.video.codec_context
        context.time_base = self.video.time_base
        context.color_range = 2 if frame.color_range == 2 else 1  # 2 is full
        context.colorspace = matrix
        context.color_primaries, context.color_trc = given.color_primaries, given.color_trc
        ratio = self.video.sample_aspect_ratio
        if ratio:
            context.sample_aspect_ratio = ratio if self.turn % 2 == 0 else 1 / ratio
        stream.metadata.update(self.video.metadata)
        return stream


def _even(frame: np.ndarray) -> np.ndarray:
    """With the last row or column repeated where their number is odd, which halved colours cannot have."""
    height, width = frame.shape[:2]
    return np.pad(frame, ((0, height % 2), (0, width % 2), (0, 0)), 'edge')
