import struct
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

av = pytest.importorskip('av', reason='PyAV is an extra: pip install "srcnn[video]"')

from torch import nn  # noqa: E402

from srcnn.apis.upscaler import Upscaler  # noqa: E402
from srcnn.apis.video import upscale_video  # noqa: E402
from srcnn.errors import InputError  # noqa: E402

COLOURS = np.array([(200, 30, 40), (20, 180, 50), (40, 60, 220)])
TIMES = (0, 1, 2, 5, 6, 9)  # of a variable frame rate
BT709, BT601, BT2020 = 1, 5, 9


class Larger(nn.Module):
    """The nearest pixel."""

    def __init__(self, scale):
        super().__init__()
        self.scale = scale
        self.same = nn.Conv2d(3, 3, 1, bias=False)
        nn.init.dirac_(self.same.weight)

    def forward(self, x):
        return self.same(x).repeat_interleave(self.scale, 2).repeat_interleave(self.scale, 3)


@pytest.fixture(scope='module')
def twice():
    return Upscaler(Larger(2), device='cpu')


def make(path, kind='yuv420p', matrix=BT601, full=False, size=(36, 48), tagged=True, sound=True, codec='libx264'):
    """Three bars of colour for ten frames' time, and a tone."""
    options = {'crf': '1'} if codec == 'libx264' else {}
    with av.open(str(path), 'w') as container:
        video = container.add_stream(codec, rate=25, options=options)
        video.height, video.width, video.pix_fmt = *size, kind
        video.codec_context.time_base = Fraction(1, 25)
        if tagged:
            video.codec_context.colorspace, video.codec_context.color_range = matrix, 1 + full
        container.metadata['title'] = 'Bars'
        audio = container.add_stream('aac', rate=48000, layout='stereo') if sound else None
        bars = COLOURS.astype(np.uint8).repeat(size[1] // 3, 0)[None].repeat(size[0], 0)
        for time in TIMES if codec == 'libx264' else range(len(TIMES)):
            frame = av.VideoFrame.from_ndarray(bars, format='rgb24')
            frame.colorspace = matrix
            frame = frame.reformat(format=kind, dst_colorspace=matrix, dst_color_range=1 + full)
            frame.pts, frame.time_base = time, Fraction(1, 25)
            container.mux(video.encode(frame))
        if audio:
            tone = np.sin(np.arange(18 * 1024) * 0.05, dtype=np.float32)
            for start in range(0, len(tone), 1024):
                sound_frame = av.AudioFrame.from_ndarray(tone[None, start : start + 1024].repeat(2, 0), 'fltp')
                sound_frame.sample_rate, sound_frame.pts = 48000, start
                container.mux(audio.encode(sound_frame))
            container.mux(audio.encode())
        container.mux(video.encode())
    return path


def look(path):
    """Times of the frames, packets of sound, colours in the middle of the bars, and the stream."""
    with av.open(str(path)) as container:
        sound = container.streams.audio[0] if container.streams.audio else None
        packets = [(p.pts, bytes(p)) for p in container.demux(sound) if p.dts is not None] if sound else []
    with av.open(str(path)) as container:
        frames = list(container.decode(video=0))
        frame = frames[0]
        matrix = BT601 if frame.colorspace == 2 else frame.colorspace
        img = frame.to_ndarray(format='rgb24', src_colorspace=matrix, src_color_range=frame.color_range)
        height, width = img.shape[:2]
        bars = [img[height // 2, width * k // 6].tolist() for k in (1, 3, 5)]
        return {
            'times': [float(f.pts * f.time_base) for f in frames],
            'sound': packets,
            'bars': np.array(bars),
            'size': (height, width),
            'kind': frame.format.name,
            'matrix': frame.colorspace,
            'title': container.metadata.get('title'),
        }


@pytest.mark.parametrize(
    ('kind', 'matrix', 'full', 'made'),
    [
        ('yuv420p', BT601, False, 'yuv420p'),
        ('yuv420p', BT709, False, 'yuv420p'),
        ('yuvj420p', BT709, True, 'yuvj420p'),
        ('yuv444p', BT601, False, 'yuv420p'),
        ('yuv420p10le', BT2020, False, 'yuv420p10le'),
    ],
)
def test_frames_times_sound_and_colours_are_kept(twice, tmp_path, kind, matrix, full, made):
    make(tmp_path / 'a.mp4', kind, matrix, full)
    seen = []
    doubt = upscale_video(twice, tmp_path / 'a.mp4', tmp_path / 'b.mp4', on_frame=lambda *n: seen.append(n))
    before, after = look(tmp_path / 'a.mp4'), look(tmp_path / 'b.mp4')
    assert after['times'] == before['times'] == [t / 25 for t in TIMES]
    assert after['sound'] == before['sound'] != []
    assert (after['size'], after['kind'], after['matrix'], after['title']) == ((72, 96), made, matrix, 'Bars')
    np.testing.assert_allclose(after['bars'], COLOURS, atol=3)
    assert doubt == ''
    assert seen == [(i + 1, 6) for i in range(6)]


def test_players_see_the_colours_of_a_video_that_does_not_say_which(tmp_path):
    """A small one is taken for BT.601, a large one for BT.709, so the result has to say what it is."""
    make(tmp_path / 'a.mp4', tagged=False, size=(180, 48))
    upscale_video(Upscaler(Larger(4), device='cpu'), tmp_path / 'a.mp4', tmp_path / 'b.mp4')
    after = look(tmp_path / 'b.mp4')
    assert (after['size'], after['matrix']) == ((720, 192), BT601)
    np.testing.assert_allclose(after['bars'], COLOURS, atol=3)


@pytest.mark.parametrize(('suffix', 'codec'), [('.avi', 'mpeg4'), ('.ts', 'libx264')])
def test_other_containers_become_mkv(twice, tmp_path, suffix, codec):
    path = make(tmp_path / f'a{suffix}', codec=codec)
    assert upscale_video(twice, path, tmp_path / 'b.mkv') == ''
    before, after = look(path), look(tmp_path / 'b.mkv')
    assert len(after['times']) == len(before['times'])
    head = 7 if suffix == '.ts' else 0  # each packet has its own there
    assert [data for _, data in after['sound']] == [data[head:] for _, data in before['sound']]


def test_turned_upright(twice, tmp_path):
    """A telephone held upright stores pictures on their side, and a matrix that turns them."""
    path = make(tmp_path / 'a.mp4')
    data = bytearray(path.read_bytes())
    clockwise = struct.pack('>9i', 0, 1 << 16, 0, -1 << 16, 0, 0, 0, 0, 1 << 30)
    at = data.index(b'tkhd') + 4 + 40
    data[at : at + 36] = clockwise
    path.write_bytes(data)
    upscale_video(twice, path, tmp_path / 'b.mp4')
    with av.open(str(tmp_path / 'b.mp4')) as container:
        frame = next(container.decode(video=0))
        img = frame.to_ndarray(format='rgb24', src_colorspace=BT601)
    assert (img.shape, frame.rotation) == ((96, 72, 3), 0)
    np.testing.assert_allclose(img[[16, 48, 80], 36], COLOURS, atol=3)


def test_subtitles_and_chapters(twice, tmp_path):
    (tmp_path / 'text.srt').write_text('1\n00:00:00,040 --> 00:00:00,200\nHello\n\n')
    film = make(tmp_path / 'silent.mkv', sound=False)
    second = {'id': 1, 'start': 200, 'end': 360, 'time_base': Fraction(1, 1000), 'metadata': {'title': 'Two'}}
    with av.open(str(film)) as a, av.open(str(tmp_path / 'text.srt')) as b, av.open(str(tmp_path / 'a.mkv'), 'w') as c:
        c.set_chapters([second])
        copies = [(reader, c.add_stream_from_template(reader.streams[0])) for reader in (b, a)]
        for reader, copy in copies:
            for packet in reader.demux():
                if packet.size:
                    packet.stream = copy
                    c.mux(packet)
    assert upscale_video(twice, tmp_path / 'a.mkv', tmp_path / 'b.mkv') == ''
    with av.open(str(tmp_path / 'b.mkv')) as container:
        assert [stream.type for stream in container.streams] == ['video', 'subtitle']
        assert [chapter['metadata'] for chapter in container.chapters()] == [{'title': 'Two'}]
        assert [bytes(p) for p in container.demux(container.streams.subtitles[0]) if p.size] == [b'Hello']
    assert 'subtitle has no place' in upscale_video(twice, tmp_path / 'a.mkv', tmp_path / 'b.mp4')


def test_odd_sizes_and_silence(tmp_path):
    make(tmp_path / 'a.mp4', 'yuv444p', size=(35, 51), sound=False)
    upscale_video(Upscaler(Larger(3), device='cpu'), tmp_path / 'a.mp4', tmp_path / 'b.mp4')
    after = look(tmp_path / 'b.mp4')
    assert (after['size'], after['sound']) == ((106, 154), [])


@pytest.mark.parametrize('data', [b'', b'no video' * 99, None])
def test_what_is_no_video_leaves_nothing(twice, tmp_path, data):
    path = make(tmp_path / 'a.mp4')
    path.write_bytes(path.read_bytes()[:1500] if data is None else data)
    with pytest.raises(InputError, match=r'a\.mp4: cannot be converted'):
        upscale_video(twice, path, tmp_path / 'b.mp4')
    assert [file.name for file in tmp_path.iterdir()] == ['a.mp4']


def test_sound_alone(twice, tmp_path):
    with av.open(str(tmp_path / 'a.mkv'), 'w') as container:
        audio = container.add_stream('aac', rate=48000, layout='mono')
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), 'fltp', layout='mono')
        frame.sample_rate = 48000
        container.mux(audio.encode(frame))
        container.mux(audio.encode())
    with pytest.raises(InputError, match='no video in this file'):
        upscale_video(twice, tmp_path / 'a.mkv', tmp_path / 'b.mkv')


def test_a_missing_end_is_said(twice, tmp_path):
    path = make(tmp_path / 'a.mkv', size=(180, 240))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    doubt = upscale_video(twice, path, tmp_path / 'b.mkv')
    assert 'a.mkv: it ends after 0.' in doubt
    assert 0 < len(look(tmp_path / 'b.mkv')['times']) <= len(TIMES)


def test_a_damaged_part_is_left_out(twice, tmp_path):
    path = make(tmp_path / 'a.mov', codec='png', kind='rgb24', sound=False)
    data = path.read_bytes()
    third = [at for at in range(len(data)) if data.startswith(b'IDAT', at)][2]
    path.write_bytes(data[: third + 8] + bytes(40) + data[third + 48 :])
    assert '1 damaged parts were left out' in upscale_video(twice, path, tmp_path / 'b.mov')
    assert len(look(tmp_path / 'b.mov')['times']) == len(TIMES) - 1


def test_without_pyav_the_message_names_the_extra(twice, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, 'av', None)
    with pytest.raises(InputError, match=r'pip install "srcnn\[video\]"'):
        upscale_video(twice, tmp_path / 'a.mp4', tmp_path / 'b.mp4')


def test_target_has_to_be_a_container_that_is_known(twice, tmp_path):
    with pytest.raises(InputError, match=r'b\.avi: videos are written as \.mp4'):
        upscale_video(twice, tmp_path / 'a.avi', Path('b.avi'))
