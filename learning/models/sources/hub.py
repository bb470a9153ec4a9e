"""Model files from the model hub."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfile

import httpx
from huggingface_hub import constants, get_token, hf_hub_url, try_to_load_from_cache

from learning.models.catalogue import Model, ModelFile
from learning.models.sources import SourceError, Tell, UnreachableError
from learning.models.sources.download import Download, fetch

_LINKED_ETAG = "X-Linked-Etag"
"""On the hub's answer for a large file: its sha256."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hub:
    """Take what the hub's own cache holds, else download; honours HF_ENDPOINT, HF_TOKEN and HF_HUB_OFFLINE."""

    http: httpx.Client
    endpoint: str | None = None
    """Another hub than the one that HF_ENDPOINT names."""
    name: str = "hub"

    def fetch(self, model: Model, file: ModelFile, into: Path, tell: Tell) -> None:
        """Fetch the file, unless the hub tells by its hash that it has another one of that name."""
        if not (model.hub and file.hub):
            raise SourceError("it is not on the hub")
        cached = try_to_load_from_cache(model.hub, file.hub)
        if isinstance(cached, str):
            copyfile(cached, into)
            return
        if constants.HF_HUB_OFFLINE:
            raise UnreachableError("HF_HUB_OFFLINE is set")

        def check(response: httpx.Response) -> None:
            for answer in (*response.history, response):
                hub_hash = answer.headers.get(_LINKED_ETAG, "").strip('W/"')
                if re.fullmatch("[0-9a-f]{64}", hub_hash) and hub_hash != file.sha256:
                    raise SourceError(f"the hub has another {file.hub} (sha256 {hub_hash})")

        url = hf_hub_url(model.hub, file.hub, endpoint=self.endpoint)
        token = get_token()
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        fetch(self.http, Download(url=url, what=file.name, headers=headers, check=check), into, tell)
