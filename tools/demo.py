"""Train, test and look at SRCNN in about two minutes: ``make demo``.

Lays out the photographs that ship inside scikit-image (no download), trains on some, tests on others, prints bicubic
and SRCNN side by side, and writes one comparison picture per test photograph. Everything goes to demo/.
"""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
from _cli import run  # noqa: E402

from srcnn.apis import init_model, upscale_image  # noqa: E402
from srcnn.errors import InputError  # noqa: E402
from srcnn.evaluation import PSNR  # noqa: E402
from srcnn.image.crop import mod_crop  # noqa: E402
from srcnn.image.io import read_image, write_image  # noqa: E402
from srcnn.image.resize import imresize  # noqa: E402
from srcnn.visualization.comparison import Panel, compare  # noqa: E402

SCALE = 4
CONFIG = 'configs/demo/srcnn_x4_demo.py'
TEST = ('astronaut.png', 'chelsea.png', 'coffee.png')
TRAIN = (
    'motorcycle_left.png',
    'motorcycle_right.png',
    'rocket.jpg',
    'hubble_deep_field.jpg',
    'camera.png',
    'brick.png',
    'coins.png',
    'clock_motion.png',
    'ihc.png',
)
SIDE = 120  # of the pieces that training photographs are cut into, so that a patch does not cost decoding a whole one


def main() -> None:
    folder = ROOT / 'demo'
    start = time.perf_counter()
    lay_out(folder / 'data')
    step('tools/train.py', CONFIG)
    checkpoint = newest(folder / 'work_dir')
    step('tools/test.py', CONFIG, str(checkpoint), '--out', 'demo/scores.json')
    report = json.loads((folder / 'scores.json').read_text(encoding='utf-8'))
    compare_all(folder, checkpoint, report)
    print(f'Pictures are in {folder / "pictures"}. {time.perf_counter() - start:.0f} s in all.')


def lay_out(folder: Path) -> None:
    """Originals cropped to multiples of the scale, and their low-resolution images, as PNG."""
    import skimage

    source = Path(skimage.__file__).parent / 'data'
    for part, names in (('train', TRAIN), ('test', TEST)):
        for name in names:
            if not (source / name).is_file():
                raise InputError(f'{source / name}: not in this version of scikit-image; install 0.22 to 0.26.')
            hr = mod_crop(read_image(source / name, color='rgb'), SCALE)
            lr = imresize(hr, 1 / SCALE, convention='double')
            for kind, img, side in (('HR', hr, SIDE), ('LR', lr, SIDE // SCALE)):
                (folder / part / kind).mkdir(parents=True, exist_ok=True)
                for piece, pixels in cut(img, side) if part == 'train' else [('', img)]:
                    write_image(folder / part / kind / f'{Path(name).stem}{piece}.png', pixels)


def cut(img: np.ndarray, side: int) -> Iterator[tuple[str, np.ndarray]]:
    """Square pieces that do not overlap, and what to add to the name of each."""
    for y in range(0, img.shape[0] - side + 1, side):
        for x in range(0, img.shape[1] - side + 1, side):
            yield f'_{y // side}_{x // side}', img[y : y + side, x : x + side]


def step(*command: str) -> None:
    """Run one of the tools as a user would, and show that."""
    print('\n$ python', *command, flush=True)
    done = subprocess.run([sys.executable, *command], cwd=ROOT, check=False)
    if done.returncode:
        raise InputError(f'`python {" ".join(command)}` failed; its message is above.')


def newest(work_dir: Path) -> Path:
    return Path((work_dir / 'last_checkpoint').read_text(encoding='utf-8').strip())


def compare_all(folder: Path, checkpoint: Path, report: dict) -> None:
    """Score bicubic by the same protocol, print both, and draw the pictures."""
    (folder / 'pictures').mkdir(exist_ok=True)
    model = init_model(ROOT / CONFIG, str(checkpoint))
    metric = PSNR(crop_border=SCALE)
    rows: list[tuple[str, float, float]] = []
    for name, score in report['per_image']['demo/PSNR'].items():
        lr = read_image(folder / f'data/test/LR/{name}.png')
        hr = read_image(folder / f'data/test/HR/{name}.png')
        bicubic = imresize(lr, SCALE)
        base = metric.score(bicubic, hr)
        rows.append((name, base, score))
        panels = [
            Panel(lr, 'low resolution', f'{lr.shape[1]}x{lr.shape[0]}'),
            Panel(bicubic, 'bicubic', f'{base:.2f} dB'),
            Panel(upscale_image(model, lr), 'SRCNN', f'{score:.2f} dB'),
            Panel(hr, 'original', f'{hr.shape[1]}x{hr.shape[0]}'),
        ]
        write_image(folder / 'pictures' / f'{name}.png', compare(panels))
    rows.append(('mean', sum(row[1] for row in rows) / len(rows), sum(row[2] for row in rows) / len(rows)))
    print(f'\nPSNR in dB ({metric.describe()})\n{"photograph":12} {"bicubic":>8} {"SRCNN":>8} {"gain":>7}')
    for name, base, score in rows:
        print(f'{name:12} {base:8.2f} {score:8.2f} {score - base:+7.2f}')


if __name__ == '__main__':
    run(main)
