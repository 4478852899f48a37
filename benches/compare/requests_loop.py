"""The PUTs of bare_loop from Python: requests_loop.py ROWS THREADS."""

import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor

import requests
from requests.adapters import HTTPAdapter

rows, threads = int(sys.argv[1]), int(sys.argv[2])
base_url = os.environ["REAMAZE_BASE_URL"]
session = requests.Session()
session.trust_env = False
session.auth = (os.environ["REAMAZE_EMAIL"], os.environ["REAMAZE_API_TOKEN"])
session.headers.update({"Accept": "application/json", "Content-Type": "application/json"})
session.mount("http://", HTTPAdapter(pool_maxsize=threads))


def put(row):
    conversation = {
        "assignee": {"email": f"staff{row % 9}@example.com"},
        "tag_list": ["vip", f"refund-{row % 50}"],
        "status": 2,
        "data": {"order": f"{row:07}"},
    }
    body = json.dumps({"conversation": conversation}, separators=(",", ":"))
    answer = session.put(f"{base_url}/conversations/conversation-{row:07}", data=body)
    answer.raise_for_status()


with ThreadPoolExecutor(threads) as pool:
    for _ in pool.map(put, range(1, rows + 1)):
        pass
