import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from srcnn.errors import InputError, MissingDataError
from srcnn.image.io import read_image, write_image
from srcnn.image.resize import imresize
from srcnn.preparation import prepare, verify

from .conftest import contents, photo


def test_test_set_has_a_pair_of_folders_for_every_scale(shared, tmp_path):
    report = prepare('Set14', shared / 'data' / 'Set14', tmp_path, workers=1)
    assert not report.errors
    assert not report.warnings
    root, reference = tmp_path / 'Set14', shared / 'data' / 'Set14' / 'lr_double'
    wrong = 0
    for path in sorted((reference / 'GTmod12').iterdir()):
        assert np.array_equal(read_image(root / 'GTmod12' / path.name), read_image(path, 'rgb'))
        lr = read_image(root / 'LRbicx4' / path.name).astype(int)
        wrong += np.count_nonzero(lr - read_image(reference / 'LRbicx4' / path.name, 'rgb'))
    assert wrong <= 3
    for hr, lr, scale in (('GTmod24', 'LRbicx8', 8), ('GTmod3', 'LRbicx3_GTmod3', 3), ('GTmod12', 'LRbicx2', 2)):
        for path in sorted((root / hr).iterdir()):
            expected = imresize(read_image(path), 1 / scale, convention='double')
            assert np.array_equal(read_image(root / lr / path.name), expected)
    assert len(list((root / 'GTmod4').iterdir())) == 14


def test_t91_in_the_cut_of_the_authors(shared, tmp_path):
    one = shared / 'data' / 'T91' / 't1.png'
    (tmp_path / 'some').mkdir()
    (tmp_path / 'some' / one.name).write_bytes(one.read_bytes())
    report = prepare('T91', tmp_path / 'some', tmp_path, scales=[3], mod_crop=1, sub_images=(33, 14), workers=1)
    assert '91 images' in report.warnings[0]
    hr, lr = tmp_path / 'T91' / 'HR_sub33', tmp_path / 'T91' / 'LRbicx3_enlarged_sub33'
    whole = read_image(one)
    enlarged = imresize(imresize(whole, 1 / 3, convention='double'), 3, size=whole.shape[:2], convention='double')
    assert {path.name for path in hr.iterdir()} == {path.name for path in lr.iterdir()}
    assert np.array_equal(read_image(hr / 't1_s002.png'), whole[:33, 14:47])
    assert np.array_equal(read_image(lr / 't1_s002.png'), enlarged[:33, 14:47])


def test_div2k_has_its_published_layout_and_mmagics_sub_images(tmp_path):
    hr, lr = tmp_path / 'source' / 'DIV2K_train_HR', tmp_path / 'source' / 'DIV2K_train_LR_bicubic' / 'X2'
    hr.mkdir(parents=True)
    lr.mkdir(parents=True)
    for name in ('0001', '0801'):
        write_image(hr / f'{name}.png', photo(int(name), 720, 1212))
    write_image(lr / '0001x2.png', photo(9, 360, 606))  # the publisher's own image is taken as it is
    report = prepare('DIV2K', tmp_path / 'source', tmp_path, scales=[2, 4], sub_images=True)
    assert not report.errors
    assert '800 or 900' in report.warnings[0]
    root = tmp_path / 'DIV2K'
    assert (root / 'DIV2K_train_HR' / '0001.png').read_bytes() == (hr / '0001.png').read_bytes()
    assert (root / 'DIV2K_valid_HR' / '0801.png').is_file()
    assert not (root / 'DIV2K_train_HR' / '0801.png').exists()
    assert np.array_equal(read_image(root / 'DIV2K_train_LR_bicubic' / 'X2' / '0001x2.png'), photo(9, 360, 606))
    made = read_image(root / 'DIV2K_valid_LR_bicubic' / 'X2' / '0801x2.png')
    assert np.array_equal(made, imresize(photo(801, 720, 1212), 1 / 2))
    # 2 rows from 0, 240; 4 columns from 0, 240, 480, 720, and a last one at the border
    names = [f'0001_s{number:03d}.png' for number in range(1, 11)]
    assert (root / 'meta_info_DIV2K800sub_GT.txt').read_text() == ''.join(f'{name} (480,480,3)\n' for name in names)
    assert (root / 'meta_info_DIV2K100sub_GT.txt').read_text().startswith('0801_s001.png (480,480,3)\n0801_s002')
    assert np.array_equal(
        read_image(root / 'DIV2K_train_HR_sub' / '0001_s010.png'), photo(1, 720, 1212)[240:720, 732:1212]
    )
    assert np.array_equal(
        read_image(root / 'DIV2K_train_LR_bicubic' / 'X2_sub' / '0001_s010.png'), photo(9, 360, 606)[120:360, 366:606]
    )
    again = prepare('DIV2K', root, tmp_path, scales=[2, 4], sub_images=True)  # from where they are now
    assert (again.made, again.kept, again.errors) == (0, 2, [])


def test_published_image_of_the_wrong_size_is_reported(tmp_path):
    source = tmp_path / 'source'
    for folder, img in (('DIV2K_train_HR', photo(1)), ('DIV2K_train_LR_bicubic/X2', photo(2, 25, 30))):
        (source / folder).mkdir(parents=True)
        write_image(source / folder / f'0001{"x2" if "X2" in folder else ""}.png', img)
    report = prepare('DIV2K', source, tmp_path, scales=[2])
    assert '0001.png: the x2 image' in report.errors[0]
    assert prepare('DIV2K', source, tmp_path / 'b', scales=[2], make_lr=True).errors == []


def test_own_folder_keeps_depth_and_channels_and_skips_what_was_made_of_it(photos, tmp_path):
    (photos / 'trip').mkdir()
    write_image(photos / 'trip' / 'deep.png', photo(7, channels=1).astype(np.uint16) * 257)
    for expected in ((6, 0), (0, 6)):
        report = prepare('photos', photos, tmp_path, own='train', scales=[2], sub_images=(24, 12))
        assert (report.made, report.kept) == expected
    hr = read_image(photos / 'HR' / 'trip_deep.png')
    assert (hr.dtype, hr.shape) == (np.uint16, (50, 62, 1))
    assert np.array_equal(read_image(photos / 'LRbicx2' / 'trip_deep.png'), imresize(hr, 1 / 2, convention='double'))
    assert len(list((photos / 'HR_sub').iterdir())) == len(list((photos / 'LRbicx2_sub').iterdir())) == 6 * 4 * 5


def test_result_depends_neither_on_workers_nor_on_interruptions(photos, tmp_path):
    prepare('mine', photos, tmp_path / 'whole', own='train', workers=1)
    whole = contents(tmp_path / 'whole')
    prepare('mine', photos, tmp_path / 'parallel', own='train', workers=3)
    assert contents(tmp_path / 'parallel') == whole
    root = tmp_path / 'parallel' / 'mine'
    (root / 'HR' / 'a.png').unlink()
    (root / 'HR' / 'b.png').write_bytes(b'torn')
    (root / 'HR' / '.c.png.4711.tmp').write_bytes(b'left behind by a killed process')
    lines = (root / 'prepared.tsv').read_text().splitlines(keepends=True)
    (root / 'prepared.tsv').write_text(''.join(lines)[:-100])  # killed while it was written
    report = prepare('mine', photos, tmp_path / 'parallel', own='train', workers=2)
    assert (report.made, report.kept, report.errors) == (3, 2, [])
    assert contents(tmp_path / 'parallel') == whole


@pytest.mark.skipif(os.name == 'nt', reason='kills a group of processes')
def test_killed_at_any_moment(photos, tmp_path):
    for number in range(60):
        write_image(photos / f'{number}.png', photo(number, 200, 200))
    command = [sys.executable, '-c', 'import sys; from srcnn.preparation import prepare; '
               'prepare("mine", sys.argv[1], sys.argv[2], own="train", workers=2)', str(photos)]  # fmt: skip
    for seconds in (0.4, 0.6, 0.8, 1.2):
        run = subprocess.Popen([*command, str(tmp_path / 'killed')])
        time.sleep(seconds)
        run.send_signal(signal.SIGKILL)
        run.wait()
    subprocess.run([*command, str(tmp_path / 'killed')], check=True)
    subprocess.run([*command, str(tmp_path / 'whole')], check=True)
    time.sleep(1.5)  # what was left of the killed ones has ended by now
    assert contents(tmp_path / 'killed') == contents(tmp_path / 'whole')


def test_scales_can_be_added_later(photos, tmp_path):
    prepare('mine', photos, tmp_path, own='train', scales=[2], mod_crop=12)
    before = contents(tmp_path / 'mine')
    report = prepare('mine', photos, tmp_path, own='train', scales=[2, 3], mod_crop=12)
    assert (report.made, report.errors) == (5, [])
    after = contents(tmp_path / 'mine')
    assert before.items() - {('prepared.tsv', before['prepared.tsv'])} <= after.items()
    assert len(list((tmp_path / 'mine' / 'LRbicx3').iterdir())) == 5


def test_replaced_original_replaces_all_that_was_made_of_it(photos, tmp_path):
    prepare('mine', photos, tmp_path / 'a', own='train', scales=[2], sub_images=(24, 24))
    write_image(photos / 'a.png', photo(99, 30, 30))
    for name in ('a', 'b'):
        report = prepare('mine', photos, tmp_path / name, own='train', scales=[2], sub_images=(24, 24))
        assert report.errors == []
    assert contents(tmp_path / 'a') == contents(tmp_path / 'b')


def test_files_of_others_are_never_written_over(photos, tmp_path):
    foreign = tmp_path / 'mine' / 'HR' / 'b.png'
    foreign.parent.mkdir(parents=True)
    foreign.write_bytes(b'precious')
    report = prepare('mine', photos, tmp_path, own='train')
    assert foreign.read_bytes() == b'precious'
    assert len(report.errors) == 1
    assert str(foreign) in report.errors[0]
    assert len(list((tmp_path / 'mine' / 'LRbicx2').iterdir())) == 4


def test_another_way_needs_another_folder(photos, tmp_path):
    prepare('mine', photos, tmp_path, own='train', scales=[2], convention='double')
    with pytest.raises(InputError, match='LRbicx2 holds images made in another way'):
        prepare('mine', photos, tmp_path, own='train', scales=[2], convention='uint8')
    for path in (tmp_path / 'mine' / 'LRbicx2').iterdir():
        path.unlink()
    (tmp_path / 'mine' / 'LRbicx2').rmdir()
    assert prepare('mine', photos, tmp_path, own='train', scales=[2], convention='uint8').errors == []
    assert verify('mine', tmp_path).errors == []


def test_bad_images_are_named_and_the_good_ones_made(photos, tmp_path):
    whole = (photos / 'a.png').read_bytes()
    (photos / 'cut.png').write_bytes(whole[:-40])
    (photos / 'empty.jpg').write_bytes(b'')
    (photos / 'text.png').write_text('no image')
    (photos / 'a.jpg').write_bytes(whole)  # the same name as a.png, and a wrong suffix
    write_image(photos / 'small.png', photo(0, 5, 5))
    report = prepare('mine', photos, tmp_path, own='train')
    for name in ('cut.png', 'empty.jpg', 'text.png', 'small.png', 'a.'):
        assert any(name in error for error in report.errors), name
    assert len(report.errors) == 5
    assert sorted(path.name for path in (tmp_path / 'mine' / 'HR').iterdir()) == [f'{name}.png' for name in 'abcde']


def test_verify_finds_every_change(photos, tmp_path):
    prepare('mine', photos, tmp_path, own='train', scales=[2], sub_images=(24, 24))
    root = tmp_path / 'mine'
    assert verify('mine', tmp_path).errors == []
    (root / 'HR' / 'a.png').unlink()
    data = bytearray((root / 'HR' / 'b.png').read_bytes())
    data[99] ^= 1
    (root / 'HR' / 'b.png').write_bytes(data)
    (root / 'LRbicx2' / 'c.png').write_bytes(b'')
    (root / 'LRbicx2' / 'stranger.png').write_bytes(b'')
    (root / 'meta_info_minesub_GT.txt').write_text('')
    errors = verify('mine', tmp_path).errors
    assert len(errors) == 5
    for name in ('a.png', 'b.png', 'c.png', 'stranger.png', 'meta_info'):
        assert any(name in error for error in errors), name
    with pytest.raises(MissingDataError, match='Set5'):
        verify('set5', tmp_path)


@pytest.mark.parametrize(
    ('options', 'message'),
    [
        ({'scales': [1]}, '--scales'),
        ({'mod_crop': 6}, 'scale 4'),
        ({'sub_images': (0, 5)}, '--sub-images'),
        ({'own': None}, 'no data set known'),
        ({'name': '../up'}, '--name'),
        ({'source': 'nowhere'}, 'nowhere'),
    ],
)
def test_nonsense_is_refused_before_anything_is_written(photos, tmp_path, options, message):
    arguments = {'name': 'mine', 'source': photos, 'out': tmp_path / 'out', 'own': 'train'} | options
    with pytest.raises(InputError, match=message):
        prepare(**arguments)
    assert not (tmp_path / 'out').exists()
