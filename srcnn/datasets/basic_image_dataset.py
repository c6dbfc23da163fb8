"""Folders of images, or pairs of folders, as a data set."""

import logging
import os
import pickle
import re
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import ClassVar

import numpy as np
from mmengine.dataset import BaseDataset
from mmengine.logging import print_log

from srcnn.datasets.check import check_samples
from srcnn.datasets.infinite_sampler import seed_draw
from srcnn.datasets.storage import (
    ImageFiles,
    ImagePack,
    ImageSource,
    LmdbImages,
    PackFolderError,
    is_lmdb,
    open_pack,
)
from srcnn.datasets.transforms.load_image_from_file import LoadImageFromFile
from srcnn.errors import InputError, MissingDataError
from srcnn.image.io import IMAGE_SUFFIXES
from srcnn.image.pack_file import pack_path
from srcnn.registry import DATASETS


@DATASETS.register_module()
class BasicImageDataset(BaseDataset):
    """Images that lie in one folder per key, paired by name.

    Without an annotation file the folder of ``search_key`` is listed, sorted by name. With one, each line begins with
    the path of an image below those folders; what follows a space, such as ``(480,480,3)``, is ignored.

    On first use every sample is walked through the ``check`` of the pipeline, so that a missing, damaged or ill-fitting
    file ends a run before it begins, not in its third hour. Several processes share that work.

    With ``cache``, every image is decoded once for all runs and then mapped into memory (``storage/image_pack.py``). A
    folder may also be an LMDB, whose ``meta_info.txt`` is then listed, with or without ``backend_args`` in the loader.

    Args:
        data_root: Folder that ``data_prefix`` and ``ann_file`` are relative to.
        data_prefix: Folder per key, for example ``dict(img='LRbicx4', gt='GTmod12')``.
        ann_file: Annotation file; '' lists the folder.
        pipeline: Transforms from ``{'key', 'img_path', 'gt_path'}`` to a packed sample.
        filename_tmpl: Per key, the name of the file without suffix; ``dict(img='{}x4', gt='{}')`` pairs ``0001x4.png``
            with ``0001.png``. Keys not named use '{}'. Suffixes may differ between the folders.
        search_key: The key whose folder is listed; the first of ``data_prefix`` if None.
        img_suffix: Suffixes that count as images.
        recursive: Also list sub-folders.
        exclude: Names (without suffix) to leave out, such as copies of test images.
        cache: None reads the files. True keeps decoded images in a hidden folder inside that of the images, or reads
            the files, with a warning, where that cannot be written. A path names a folder to keep them in instead.
        metainfo: Facts about the set, such as ``dict(dataset_type='set5')``.
        test_mode, indices, serialize_data, lazy_init, max_refetch: As in mmengine's BaseDataset.

    Raises:
        MissingDataError: A folder or the annotation file does not exist.
        InputError: A folder without images, names without a partner, or samples that fail their check.
    """

    METAINFO: ClassVar[dict] = {'dataset_type': 'basic_image_dataset', 'task_name': 'sisr'}

    def __init__(
        self,
        ann_file: str = '',
        metainfo: dict | None = None,
        data_root: str | None = None,
        data_prefix: dict[str, str] | None = None,
        pipeline: Sequence[dict | Callable] = (),
        test_mode: bool = False,
        filename_tmpl: dict[str, str] | None = None,
        search_key: str | None = None,
        img_suffix: str | Sequence[str] = IMAGE_SUFFIXES,
        recursive: bool = False,
        exclude: Sequence[str] = (),
        cache: bool | str | None = None,
        indices: int | Sequence[int] | None = None,
        serialize_data: bool = True,
        lazy_init: bool = False,
        max_refetch: int = 1000,
    ) -> None:
        prefix = dict(data_prefix or {'img': ''})
        self.search_key = search_key or next(iter(prefix))
        if self.search_key not in prefix:
            raise InputError(f'BasicImageDataset: search_key={self.search_key!r} is not in data_prefix {list(prefix)}.')
        self.filename_tmpl = dict.fromkeys(prefix, '{}') | dict(filename_tmpl or {})
        self.img_suffix = (img_suffix,) if isinstance(img_suffix, str) else tuple(img_suffix)
        self.recursive = recursive
        self.exclude = frozenset([exclude] if isinstance(exclude, str) else exclude)
        self.cache = cache
        self.scale: int | None = None  # of originals to low-resolution images, once checked
        self._named_in_config = f'data_root={data_root!r}'
        super().__init__(
            ann_file=ann_file,
            metainfo=metainfo,
            data_root=data_root or '',
            data_prefix=prefix,
            indices=indices,
            serialize_data=serialize_data,
            pipeline=list(pipeline),
            test_mode=test_mode,
            lazy_init=lazy_init,
            max_refetch=max_refetch,
        )

    def full_init(self) -> None:
        """List the files and check every sample; a second call does nothing."""
        if self._fully_initialized:
            return
        super().full_init()
        start = time.perf_counter()
        samples = [self.get_data_info(i) for i in range(len(self))]
        self.pipeline.transforms = [
            step.reading_from(self._source(step, samples)) if isinstance(step, LoadImageFromFile) else step
            for step in self.pipeline.transforms
        ]
        self.scale = check_samples(samples, self.pipeline.transforms)
        seconds = time.perf_counter() - start
        print_log(f'{self.describe()}: {len(self)} samples, checked in {seconds:.1f} s', 'current', logging.INFO)

    def _serialize_data(self) -> tuple[np.ndarray, np.ndarray]:
        """As mmengine's, without its collection of garbage, which takes longer than all the rest of the start."""
        rows = [pickle.dumps(row, protocol=4) for row in self.data_list]
        self.data_list.clear()
        return np.frombuffer(b''.join(rows), np.uint8), np.cumsum([len(row) for row in rows])

    @property
    def packs(self) -> list[ImagePack]:
        """Those that its images are read from, with ``cache``."""
        sources = [step.source for step in self.pipeline.transforms if isinstance(step, LoadImageFromFile)]
        return [source for source in sources if isinstance(source, ImagePack)]

    @classmethod
    def _load_metainfo(cls, metainfo: Mapping | None = None) -> dict:
        """As given: mmengine would try to open every string in it as a file."""
        return {**cls.METAINFO, **(metainfo or {})}

    def describe(self) -> str:
        """One line that tells a person which data this is."""
        return f'{self.metainfo["dataset_type"]} ({", ".join(str(folder) for folder in self.data_prefix.values())})'

    def prepare_data(self, idx: int) -> dict:
        """The sample ``idx``, through the pipeline; a Draw of InfiniteSampler brings its own random numbers."""
        seed_draw(idx)
        return super().prepare_data(idx)

    def load_data_list(self) -> list[dict]:
        """``[{'key': name, 'img_path': …, 'gt_path': …}, …]``, sorted by name or in the order of the annotation."""
        folders = {key: self._list_folder(key) for key in self.data_prefix}
        names = self._names_from_ann() if self.ann_file else self._names_from_folder(folders[self.search_key])
        names = [name for name in names if name not in self.exclude]
        missing = [
            (key, self.filename_tmpl[key].format(name))
            for name in names
            for key in folders
            if self.filename_tmpl[key].format(name) not in folders[key]
        ]
        if missing:
            key, name = missing[0]
            raise InputError(
                f'{self.data_prefix[key]}: no image named {name!r} for {key!r} ({len(missing)} names without a file). '
                'Correct `filename_tmpl`, `data_prefix` or `ann_file`, or prepare the data again.'
            )
        return [
            {'key': name}
            | {f'{key}_path': files[self.filename_tmpl[key].format(name)] for key, files in folders.items()}
            for name in names
        ]

    def _list_folder(self, key: str) -> dict[str, str]:
        """Images of one folder: path without suffix, relative to the folder -> path of the file."""
        folder = str(Path(self.data_prefix[key]))
        if (database := self._database(key)) is not None:
            names = database.names()
        elif os.path.isdir(folder):
            names = self._files_below(folder)
        else:
            raise MissingDataError(
                f'{folder}: no such folder, named by data_prefix[{key!r}] and {self._named_in_config}.{self._advice()}'
            )
        if not names:
            raise InputError(
                f'{folder}: no images in this folder (looked for {", ".join(self.img_suffix)}), named by '
                f'data_prefix[{key!r}] and {self._named_in_config}.{self._advice()}'
            )
        prefix = os.path.join(folder, '')
        return {os.path.splitext(name)[0]: prefix + name.replace('/', os.sep) for name in sorted(names)}

    def _files_below(self, folder: str) -> list[str]:
        """Images by their path relative to ``folder``, with '/' between its parts."""
        suffixes, found = tuple(suffix.lower() for suffix in self.img_suffix), []
        for place, folders, names in os.walk(folder):
            inside = Path(place).relative_to(folder)
            found += [
                (inside / name).as_posix() if inside.parts else name
                for name in names
                if name.lower().endswith(suffixes) and not name.startswith('.')
            ]
            deep = self.recursive or bool(self.ann_file)
            folders[:] = [name for name in folders if deep and not name.startswith('.')]
        return found

    def _names_from_folder(self, files: dict[str, str]) -> list[str]:
        template = self.filename_tmpl[self.search_key]
        pattern = re.compile('(.+)'.join(re.escape(part) for part in template.split('{}')))
        names = [match.group(1) for match in map(pattern.fullmatch, files) if match]
        if not names:
            raise InputError(
                f'{self.data_prefix[self.search_key]}: no image is named like filename_tmpl[{self.search_key!r}]='
                f'{template!r}; the first is {next(iter(files))!r}.'
            )
        return names

    def _names_from_ann(self) -> list[str]:
        path = Path(self.ann_file)
        if not path.is_file():
            raise MissingDataError(f'{path}: no such annotation file, named by `ann_file`.{self._advice()}')
        lines = [line.split(' ')[0].strip() for line in path.read_text(encoding='utf-8').splitlines()]
        names = [Path(line.lstrip('/\\')).with_suffix('').as_posix() for line in lines if line]
        if not names:
            raise InputError(f'{path}: this annotation file names no image; write one file name per line.')
        return names

    def _database(self, key: str) -> LmdbImages | None:
        """Where the images of ``key`` lie in an LMDB, by its loader or by what its folder is."""
        loaders = [step for step in self.pipeline.transforms if isinstance(step, LoadImageFromFile) and step.key == key]
        named = [step.source for step in loaders if isinstance(step.source, LmdbImages)]
        if named or not is_lmdb(self.data_prefix[key]):
            return named[0] if named else None
        step = loaders[0] if loaders else LoadImageFromFile(key)
        return LmdbImages(self.data_prefix[key], step.form, step.verify)

    def _source(self, loader: LoadImageFromFile, samples: Sequence[dict]) -> ImageSource:
        """What ``loader`` is to read: an LMDB, a pack, or the files as before."""
        if loader.key not in self.data_prefix:
            return loader.source
        if (database := self._database(loader.key)) is not None:
            if self.cache:
                raise InputError(
                    f'BasicImageDataset: cache is for files, but {database.db_path} is an LMDB; drop cache.'
                )
            return database
        if not self.cache:
            return loader.source
        folder = Path(self.data_prefix[loader.key])
        path = pack_path(folder, self.cache, loader.form)
        images = [sample[f'{loader.key}_path'] for sample in samples]
        try:
            return open_pack(path, folder, images, ImageFiles(loader.form, verify='header', strict=True))
        except PackFolderError as error:
            if self.cache is not True:
                raise
            advice = 'Images are decoded whenever they are used, which is slow; cache="/a/folder" keeps them elsewhere.'
            print_log(f'{error} {advice}', 'current', logging.WARNING)
            return loader.source

    def _advice(self) -> str:
        """How to get the data, where the set is one that can be prepared."""
        kind = str(self.metainfo['dataset_type'])
        name = PREPARED_SETS.get(kind.lower())
        if name is None:
            return ' Correct the config, or put the images there.'
        return f' Prepare it with: python tools/dataset_converters/prepare.py {name} --source FOLDER_OR_ARCHIVE'


PREPARED_SETS = {
    name.lower(): name
    for name in ('Set5', 'Set14', 'BSD100', 'Urban100', 'Manga109', 'T91', 'General100', 'DIV2K', 'Flickr2K')
}
