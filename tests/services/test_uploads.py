"""Uploads by a signed form, on S3's mock and on the local folder behind the local gateway: one behaviour, two places.

moto does not check a form's conditions: that S3 does is its documentation's word (POST policy); here they are read.
"""

from __future__ import annotations

import base64
import json
import re
import time
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest
import requests
from botocore.exceptions import EndpointConnectionError
from moto.core.custom_responses_mock import CallbackResponse
from moto.core.models import botocore_stubber, responses_mock
from nanhai.services import buckets, folders, uploads
from nanhai.services.buckets import BucketUploads, FolderUploads, UploadsUnavailable
from nanhai.services.folders import Folder
from nanhai.services.settings import Misconfigured
from nanhai.services.uploads import (
    LINK_TTL_S,
    OFFER_TTL_S,
    UPLOAD_BYTES_MAX,
    Purpose,
    UploadMediaType,
    UploadMissing,
    UploadTooLarge,
)

from infra.local.gateway import Gateway
from infra.local.journal import Journal
from infra.local.pages import Pages
from tests.infra.local.sample import client
from tests.loops import run
from tests.services.uploading import CONTENT_TYPE, form

HOST = re.compile(r"https://[^/]+\.s3\.ap-east-1\.amazonaws\.com/.*")
BUCKET = "nanhai-test-evidence-123456789012"
JPEG = "image/jpeg"
SHEETS = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PHOTO = b"\xff\xd8\xff\xe0 a photo \r\n--\r\n\xff\xd9"


class OnBucket:
    def __init__(self, platform, stage):
        buckets.s3.cache_clear()
        for method in ("GET", "POST"):  # moto's mock of requests is gone once it was reset
            mocked = CallbackResponse(method, HOST, callback=botocore_stubber.process_prepared_request)
            responses_mock.add(mocked)
        boto3.client("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "ap-east-1"})
        self.here = replace(platform, uploads=BucketUploads(BUCKET))

    def post(self, offer, data, **changed):
        return requests.post(offer.url, data=offer.fields | changed, files={"file": data}, timeout=5).status_code

    def get(self, url):
        answer = requests.get(url, timeout=5)
        return answer.status_code, answer.headers["content-type"], answer.content

    def put(self, key, data):
        boto3.client("s3").put_object(Bucket=BUCKET, Key=key, Body=data)


class OnFolder:
    """The same as the local platform serves it: the gateway's own code, asked as ASGI servers ask."""

    def __init__(self, platform, stage):
        self.here, self.stage = platform, stage

    def _ask(self, method, url, **sent):
        gateway = Gateway({}, Pages(Journal(self.stage.folder), self.stage.clock))

        async def once():
            async with client(gateway) as http:
                return await http.request(method, url, **sent)

        return run(once())

    def post(self, offer, data, **changed):
        return self.send(offer, form(offer.fields | changed, data))

    def send(self, offer, body, content_type=CONTENT_TYPE):
        return self._ask("POST", offer.url, content=body, headers={"content-type": content_type}).status_code

    def get(self, url):
        answer = self._ask("GET", url)
        return answer.status_code, answer.headers["content-type"], answer.content

    def put(self, key, data):
        self.here.uploads.stored(key, data, JPEG)


@pytest.fixture
def folder(platform, aws):
    return OnFolder(platform, aws)


@pytest.fixture
def bucket(platform, aws):
    yield OnBucket(platform, aws)
    buckets.s3.cache_clear()


@pytest.fixture(params=["folder", "bucket"])
def place(request):
    return request.getfixturevalue(request.param)


def offered(place, purpose=Purpose.PHOTO, media_type=JPEG):
    return uploads.offer(place.here, purpose, media_type, place.here.now())


def test_what_was_sent_by_the_form_is_taken_whole_and_as_often_as_wanted(place):
    offer = offered(place)
    assert place.post(offer, PHOTO) == 204
    assert [uploads.taken(place.here, Purpose.PHOTO, offer.upload_id) for _ in range(2)] == [PHOTO, PHOTO]


def test_an_offer_lasts_ten_minutes_and_each_is_another(place):
    now = place.here.now()
    first, second = (uploads.offer(place.here, Purpose.SHEET, "text/csv", now) for _ in range(2))
    assert first.expires_at.timestamp() == now + OFFER_TTL_S
    assert first.upload_id != second.upload_id


@pytest.mark.parametrize(
    ("purpose", "media_type"),
    [(Purpose.PHOTO, "image/svg+xml"), (Purpose.PHOTO, "text/csv"), (Purpose.SHEET, JPEG), (Purpose.SHEET, "")],
)
def test_no_other_kind_of_file_is_offered_a_place(folder, purpose, media_type):
    with pytest.raises(UploadMediaType):
        offered(folder, purpose, media_type)


@pytest.mark.parametrize("upload_id", ["", "x", "../kept/a", "0" * 26, "01ARZ3NDEKTSV4RRFFQ69G5FAV\n"])
def test_what_nobody_uploaded_is_missing(place, upload_id):
    with pytest.raises(UploadMissing):
        uploads.taken(place.here, Purpose.PHOTO, upload_id)


def test_an_upload_for_one_purpose_is_none_for_another(place):
    offer = offered(place)
    place.post(offer, PHOTO)
    with pytest.raises(UploadMissing):
        uploads.taken(place.here, Purpose.SHEET, offer.upload_id)


def test_what_is_discarded_is_gone_and_nothing_else(place):
    kept, gone = offered(place), offered(place)
    for offer in (kept, gone):
        place.post(offer, PHOTO)
    for upload_id in (gone.upload_id, gone.upload_id, "../kept/a"):
        uploads.discard(place.here, Purpose.PHOTO, upload_id)
    assert uploads.taken(place.here, Purpose.PHOTO, kept.upload_id) == PHOTO
    with pytest.raises(UploadMissing):
        uploads.taken(place.here, Purpose.PHOTO, gone.upload_id)


def test_too_much_is_refused_whatever_let_it_in(place):
    offer = offered(place)
    place.put(f"incoming/photo/{offer.upload_id}", b"x" * (UPLOAD_BYTES_MAX + 1))
    with pytest.raises(UploadTooLarge):
        uploads.taken(place.here, Purpose.PHOTO, offer.upload_id)


def test_what_is_kept_is_given_by_its_link(place):
    for _ in range(2):
        uploads.keep(place.here, "reports/01ARZ/1.jpg", PHOTO, JPEG)
    link = uploads.link(place.here, "reports/01ARZ/1.jpg", place.here.now())
    assert place.get(link) == (200, JPEG, PHOTO)


@pytest.mark.parametrize("name", ["", "/a", "../a", "a/../b", "a//b", "a\n", "a b", ".a", "a.b.c", "x" * 65])
def test_a_wrong_name_is_a_defect(folder, name):
    with pytest.raises(ValueError, match="not a name"):
        uploads.keep(folder.here, name, b"x", JPEG)


def test_the_form_for_s3_holds_exactly_its_key_its_type_and_its_size(bucket):
    offer = offered(bucket)
    policy = json.loads(base64.b64decode(offer.fields["policy"]))
    key = f"incoming/photo/{offer.upload_id}"
    conditions = [row for row in policy["conditions"] if not set(row) & {"x-amz-algorithm", "x-amz-credential"}]
    assert [row for row in conditions if "x-amz-date" not in row] == [
        {"Content-Type": JPEG},
        ["content-length-range", 1, UPLOAD_BYTES_MAX],
        {"bucket": BUCKET},
        {"key": key},
    ]
    assert (offer.fields["key"], offer.fields["Content-Type"]) == (key, JPEG)


def test_a_page_may_connect_just_there_where_s3_takes_the_form(bucket):
    environment = {"NANHAI_UPLOADS": f"s3:{BUCKET}", "AWS_REGION": "ap-east-1"}
    asked = urlsplit(offered(bucket).url)
    assert f"{asked.scheme}://{asked.netloc}" == buckets.origin(environment)
    link = urlsplit(uploads.link(bucket.here, "a", bucket.here.now()))
    assert f"{link.scheme}://{link.netloc}" == buckets.origin(environment)
    assert parse_qs(link.query)["X-Amz-Expires"] == [str(LINK_TTL_S)]
    assert buckets.origin(environment | {"AWS_REGION": "cn-north-1"}).endswith(".s3.cn-north-1.amazonaws.com.cn")
    assert buckets.origin({"NANHAI_UPLOADS": "file:/a"}) == ""


def test_s3_that_does_not_answer_is_said_to_be_unavailable(bucket, monkeypatch):
    def silent(**_):
        raise EndpointConnectionError(endpoint_url="x")

    for call in ("get_object", "put_object", "delete_object"):
        monkeypatch.setattr(buckets.s3(), call, silent)
    for call in (
        lambda: uploads.taken(bucket.here, Purpose.PHOTO, "01ARZ3NDEKTSV4RRFFQ69G5FAV"),
        lambda: uploads.keep(bucket.here, "a", b"x", JPEG),
        lambda: uploads.discard(bucket.here, Purpose.PHOTO, "01ARZ3NDEKTSV4RRFFQ69G5FAV"),
    ):
        with pytest.raises(UploadsUnavailable):
            call()


def test_a_bucket_that_is_not_there_is_unavailable_and_not_a_missing_file(bucket):
    here = replace(bucket.here, uploads=BucketUploads("nobodys"))
    with pytest.raises(UploadsUnavailable):
        uploads.taken(here, Purpose.PHOTO, "01ARZ3NDEKTSV4RRFFQ69G5FAV")


@pytest.mark.parametrize(
    "changed",
    [
        {"key": "incoming/photo/01ARZ3NDEKTSV4RRFFQ69G5FAV"},
        {"key": "kept/a"},
        {"Content-Type": "text/html"},
        {"signature": "0" * 64},
        {"signature": "ü"},
        {"policy": "e30="},
    ],
)
def test_a_form_that_was_changed_stores_nothing(folder, changed):
    offer = offered(folder)
    assert folder.post(offer, PHOTO, **changed) == 403
    with pytest.raises(UploadMissing):
        uploads.taken(folder.here, Purpose.PHOTO, offer.upload_id)


@pytest.mark.parametrize(("size", "status"), [(0, 400), (1, 204), (UPLOAD_BYTES_MAX, 204), (UPLOAD_BYTES_MAX + 1, 400)])
def test_a_file_has_one_byte_to_five_million(folder, size, status):
    assert folder.post(offered(folder), b"x" * size) == status


def test_the_gateway_stops_reading_what_no_form_holds(folder):
    assert folder.post(offered(folder), b"x" * (UPLOAD_BYTES_MAX + 70_000)) == 413


def test_a_form_that_has_expired_stores_nothing(folder, aws):
    offer = offered(folder)
    aws.clock.write_text(str(OFFER_TTL_S))
    assert folder.post(offer, PHOTO) == 403


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"", CONTENT_TYPE),
        (b"x", CONTENT_TYPE),
        (b"{}", "application/json"),
        (b"x", "multipart/form-data"),
        (form({}, PHOTO)[:-12], CONTENT_TYPE),
        (form({"key": "x" * 20_000}, PHOTO), CONTENT_TYPE),
        (form({f"f{n}": "" for n in range(40)}, PHOTO), CONTENT_TYPE),
    ],
)
def test_what_is_no_form_is_refused(folder, body, content_type):
    assert folder.send(offered(folder), body, content_type) == 400


def test_a_link_lasts_a_minute_and_leads_to_its_own_file_alone(folder, aws):
    for name in ("a", "b"):
        uploads.keep(folder.here, name, PHOTO, JPEG)
    link = uploads.link(folder.here, "a", folder.here.now())
    assert folder.get(link)[0] == 200
    for other in (link.replace("/a?", "/b?"), link.split("?")[0], link + "0", link.replace("kept", "incoming")):
        assert folder.get(other)[0] in {403, 404}
    aws.clock.write_text(str(LINK_TTL_S))
    assert folder.get(link)[0] == 403


def test_what_people_sent_is_never_a_page_of_the_platform(folder):
    uploads.keep(folder.here, "a", b"<script>", JPEG)
    answer = folder._ask("GET", uploads.link(folder.here, "a", folder.here.now()))
    assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_the_folder_remembers_its_key_and_its_files(folder, aws):
    offer = offered(folder)
    folders._secret.cache_clear()
    assert folder.post(offer, PHOTO) == 204
    again = Folder(aws.folder / "uploads")
    assert again.file(f"incoming/photo/{offer.upload_id}").data == PHOTO


def test_what_came_in_is_forgotten_after_a_day_and_what_is_kept_is_not(folder, aws):
    offer = offered(folder)
    folder.post(offer, PHOTO)
    uploads.keep(folder.here, "a", PHOTO, JPEG)
    place = Folder(aws.folder / "uploads")
    for hours, there in ((23, True), (25, False)):
        place.tidy(time.time() + hours * 3_600)
        assert (place.file(f"incoming/photo/{offer.upload_id}") is not None) is there
    assert place.file("kept/a").data == PHOTO


@pytest.mark.parametrize("stage", ["prod", "local2"])
def test_the_folder_exists_on_a_local_stage_only(tmp_path, stage):
    with pytest.raises(Misconfigured):
        FolderUploads(Folder(tmp_path), stage)
