import re
import shutil

import numpy as np
import pytest

from srcnn.evaluation import PSNR, SSIM
from srcnn.image.io import read_image, write_image
from srcnn.image.resize import imresize

COMPARE, ERRORS = 'analysis_tools/compare_figure.py', 'analysis_tools/error_map.py'
WEIGHTS = 'srcnn_x4k915_1x16_1000k_div2k_20200608-4186f232.pth'


@pytest.fixture
def finished(pairs, tmp_path):
    """Folder with results of somebody's: the original, but for a blot of 32 pixels' side."""
    folder = tmp_path / 'finished'
    folder.mkdir()
    img = read_image(pairs / 'HR/0.png').copy()
    img[20:52, 40:72] = 255 - img[20:52, 40:72]
    write_image(folder / '0_mine.png', img)
    return folder


def test_scores_detail_and_figures(call, pairs, finished, tmp_path):
    original = pairs / 'HR/0.png'
    arguments = [
        '--scale',
        4,
        '--methods',
        'bicubic',
        f'Mine={finished}',
        '--out',
        tmp_path / 'a.png',
        tmp_path / 'a.pdf',
    ]
    done = call(COMPARE, original, *arguments)
    assert (done.status, done.err) == (0, '')
    hr = read_image(original)
    images = {
        'Bicubic': imresize(imresize(hr, 1 / 4, convention='double'), 4),
        'Mine': read_image(finished / '0_mine.png'),
    }
    for label, img in images.items():
        psnr, ssim = PSNR(crop_border=4).score(img, hr), SSIM(crop_border=4).score(img, hr)
        assert f'0  {label}  PSNR {psnr:.4f}  SSIM {ssim:.4f}\n' in done.out
    assert '0  detail 40,20,32,32 (x,y,w,h)' in done.out
    assert 'RGB, 4 px border cropped, rounded to 8 bit; x4' in done.out
    assert read_image(tmp_path / 'a.png').shape[1] == 2100
    assert len(re.findall(rb'/Type /Page\b', (tmp_path / 'a.pdf').read_bytes())) == 1


def test_a_16_bit_original_and_8_bit_results(call, pairs, finished, tmp_path):
    original = read_image(pairs / 'HR/0.png')
    write_image(tmp_path / '0.png', original.astype(np.uint16) * 257)
    arguments = ['--scale', 4, '--methods', finished, '--out', tmp_path / 'a.png', '--dpi', 50]
    done = call(COMPARE, tmp_path / '0.png', *arguments)
    psnr = PSNR(crop_border=4).score(read_image(finished / '0_mine.png'), original)
    assert f'0  finished  PSNR {psnr:.4f}' in done.out
    assert '0  detail 40,20,32,32' in done.out


def test_several_originals_each_with_its_detail(call, pairs, tmp_path):
    originals = [pairs / 'HR/0.png', pairs / 'HR/1.png']
    out = ['--scale', 4, '--out', tmp_path / 'a.png', '--dpi', 50, '--convert-to', 'Y', '--crop-border', 0]
    done = call(COMPARE, *originals, *out, '--zoom', '0,0,20,10', '8,8,16,16', '--layout', 'whole')
    assert (done.status, done.err) == (0, '')
    assert '0  detail 0,0,20,10' in done.out
    assert '1  detail 8,8,16,16' in done.out
    assert 'Y (BT.601), no border cropped' in done.out


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [
        (['--out', 'a.jpg'], r'a\.jpg: figures are written as \.png, \.pdf, \.svg'),
        (['--out', 'a.png', '--scale', 0], '--scale, --width and --dpi'),
        (['--out', 'a.png', '--zoom', '1,2,3'], '--zoom 1,2,3: give 4 whole numbers'),
        (['--out', 'a.png', '--zoom', '90,0,20,20'], 'does not lie in a picture of 96x64'),
        (['--out', 'a.png', '--zoom', '0,0,9,9', '0,0,9,9'], '2 details for 1 originals'),
        (['--out', 'a.png', '--methods', 'bicubic', 'bicubic'], 'two are called Bicubic'),
        (['--out', 'a.png', '--methods', 'none.pth'], 'none.pth: no such checkpoint'),
        (['--out', 'a.png', '--convert-to', 'Lab'], "convert_to='Lab' is unknown"),
    ],
)
def test_faults(call, pairs, arguments, message):
    done = call(COMPARE, pairs / 'HR/0.png', *(['--scale', 4] if '--scale' not in arguments else []), *arguments)
    assert done.status == 1
    assert len(done.errors) == 1
    assert re.search(message, done.err)


def test_error_maps(call, pairs, finished, tmp_path):
    original = pairs / 'HR/0.png'
    done = call(ERRORS, original, '--scale', 4, '--methods', finished, '--max', 64, '--out', tmp_path / 'a.png')
    assert (done.status, done.err) == (0, '')
    difference = np.abs(read_image(finished / '0_mine.png').astype(float) - read_image(original)).mean(axis=2)
    assert f'mean error {difference.mean():.3f}  largest {difference.max():.0f}' in done.out
    picture = read_image(tmp_path / 'a.png', color='rgb').astype(int)
    assert picture.shape[1] == 2100
    assert picture[20, 20].max() < 5  # no error: the bottom of the colour map
    y, x = np.unravel_index(difference.argmax(), difference.shape)
    assert difference.max() > 64
    assert picture[round(6 + 20.16 * (y + 0.5)), round(6 + 20.16 * (x + 0.5))].tolist() == [252, 254, 164]  # the top
    assert call(ERRORS, original, '--scale', 4, '--max', 0, '--out', tmp_path / 'b.png').status == 1


def test_filters(call, shared, tmp_path):
    checkpoints = [f'RGB={shared / "checkpoints" / WEIGHTS}', shared / 'checkpoints/yjn870_srcnn_x4.pth']
    done = call('analysis_tools/plot_filters.py', *checkpoints, '--out', tmp_path / 'f.png', tmp_path / 'f.pdf')
    assert (done.status, done.err) == (0, '')
    assert 'generator.conv1, 64 filters of 9x9 on 3 channel(s)' in done.out
    assert 'conv1, 64 filters of 9x9 on 1 channel(s)' in done.out
    assert (tmp_path / 'f.pdf').stat().st_size
    assert read_image(tmp_path / 'f.png').shape[1] == pytest.approx(2 * 3.5 * 300, abs=40)


def test_the_scores_of_the_published_network(call, shared, tmp_path):
    originals = sorted((shared / 'data/Set5/HR').iterdir())
    network = f'SRCNN={shared / "checkpoints" / WEIGHTS}'
    done = call(COMPARE, *originals, '--scale', 4, '--methods', network, '--out', tmp_path / 'a.png', '--dpi', 50)
    assert (done.status, done.err) == (0, '')
    scores = [float(score) for score in re.findall(r'SRCNN  PSNR ([\d.]+)', done.out)]
    assert len(scores) == 5
    assert np.mean(scores) == pytest.approx(28.4316, abs=2e-4)


def test_low_resolution_pictures_that_are_given(call, pairs, tmp_path):
    shutil.copytree(pairs / 'LR', tmp_path / 'LR')
    write_image(tmp_path / 'LR/0.png', read_image(pairs / 'LR/1.png')[:16])
    arguments = ['--scale', 4, '--methods', 'bicubic', '--out', tmp_path / 'a.png', '--dpi', 50]
    done = call(COMPARE, pairs / 'HR/0.png', *arguments, '--lr', tmp_path / 'LR')
    hr, lr = read_image(pairs / 'HR/0.png'), read_image(tmp_path / 'LR/0.png')
    assert f'PSNR {PSNR(crop_border=4).score(imresize(lr, 4), hr):.4f}' in done.out
    assert f'low resolution from {tmp_path / "LR"}' in done.out
