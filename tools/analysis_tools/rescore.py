"""Score every checkpoint of a run: ``python tools/analysis_tools/rescore.py RUN_DIR [CONFIG]``.

Each is tested as tools/test.py would, by the test data sets and metrics of the config (default: the one in RUN_DIR).
The table grows in RUN_DIR/rescore/scores.json and scores.csv; what is in it is not tested again, unless the checkpoint
or the protocol has changed.
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from _cli import merge_options, read_config, run
from mmengine.config import Config, DictAction

from srcnn.errors import InputError


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('run_dir', type=Path, help='work directory of a run')
    parser.add_argument('config', nargs='?', help='config whose test to apply')
    parser.add_argument('--work-dir', type=Path, help='where table and logs go (default: RUN_DIR/rescore)')
    parser.add_argument('--cfg-options', nargs='+', action=DictAction, metavar='KEY=VALUE', help='change the config')
    return parser.parse_args()


def main() -> int:
    args = parse_args()

    from srcnn.visualization.score_table import Row, ScoreTable, checkpoints_of, config_of, fingerprint

    checkpoints = checkpoints_of(args.run_dir)
    cfg = read_config(args.config or str(config_of(args.run_dir)))
    merge_options(cfg, args.cfg_options)
    folder = args.work_dir or args.run_dir / 'rescore'
    out = folder / 'scores.json'
    table = ScoreTable.read(out)
    test = Test(cfg, folder)
    marks = {path.name: fingerprint(cfg, test.data_sets, path) for _, path in checkpoints}
    table.keep(marks)
    done = {row.checkpoint for row in table.rows}
    print(f'{len(checkpoints)} checkpoints, {len(done)} of them in the table', flush=True)
    faults = []
    for number, path in checkpoints:
        if path.name in done:
            continue
        try:
            scores = test(path)
        except InputError as error:
            faults.append(str(error))
            continue
        table.add(Row(path.name, number, scores, marks[path.name]))
        table.protocol = test.protocol
        table.write(out)
    table.write(out)
    print(f'{table.text()}\nwritten: {out} {out.with_suffix(".csv")}')
    for fault in faults:
        print(f'error: {fault}', file=sys.stderr)
    return 1 if faults else 0


class Test:
    """The test of a config, for one checkpoint after the other, so that data are looked at once."""

    def __init__(self, cfg: Config, folder: Path) -> None:
        from srcnn.engine import Runner
        from srcnn.engine.loops import MultiTestLoop

        if cfg.get('test_cfg') is None:
            raise InputError("the config has no test_cfg; write test_cfg = dict(type='MultiTestLoop').")
        cfg.work_dir, cfg.launcher, cfg.load_from, cfg.resume = str(folder), 'none', None, False
        cfg.custom_hooks = [hook for hook in cfg.get('custom_hooks') or () if 'VisualizationHook' not in str(hook.type)]
        self.runner = Runner.from_cfg(cfg)
        loop = self.runner.test_loop
        self.loop = loop if isinstance(loop, MultiTestLoop) else None

    @property
    def data_sets(self) -> list[str]:
        """Names of those that are there."""
        return self.loop.names if self.loop else []

    @property
    def protocol(self) -> dict[str, str]:
        """Of the scores of the last checkpoint."""
        return self.loop.report['protocol'] if self.loop else {}

    def __call__(self, checkpoint: Path) -> dict[str, float]:
        """Scores by name, such as 'Set5/PSNR'."""
        # loaded by test(), after its hooks have been called, since some of them look at what is loaded
        self.runner._load_from, self.runner._has_loaded = str(checkpoint), False
        return {name: float(score) for name, score in self.runner.test().items()}


if __name__ == '__main__':
    run(main)
