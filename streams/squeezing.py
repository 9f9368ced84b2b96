"""The array of a row in few bytes: squeezed with zstd and a dictionary of what such arrays look like.

All rows are squeezed and stretched by the same two objects, which must not be called from two threads at once (so says
the documentation of zstandard). They never are: lanes are folded, harvested and rung by the event loop alone. Bytes may
be others in another version of zstd, so rows are compared by what they say.
"""

from zstandard import (
    DICT_TYPE_RAWCONTENT,
    FORMAT_ZSTD1_MAGICLESS,
    ZstdCompressionDict,
    ZstdCompressionParameters,
    ZstdCompressor,
    ZstdDecompressor,
    ZstdError,
)

LEVEL = 1
DICTIONARY = b"""
[[["visitor",17]],[],[["page read",1,1,17,"a1-","/"]],{},[],{},"mql","mql","referral",17,17,0,1,{"conversion_made":1},
{},{},false,"",false,"","",0,0,0,0,0,0,false,"",true,"",0,{},0,"","",0,1,0,null,null]
[[["visitor",17]],[],[["page read",1,1,17,"a1-","/"]],{},[],{},"lead","lead","search",17,17,0,1,{"form_submitted":1},
{},{},false,"",false,"","",0,0,0,0,0,0,false,"consideration",true,"",0,{},0,"","",0,1,0,null,null]
[[["visitor",17]],[],[["page read",1,1,17,"a1-","/"]],{},[],{},"contact","contact","email",17,17,0,1,{"email_opened":1},
{},{},false,"",false,"","",0,0,0,0,0,0,false,"awareness",true,"",0,{},0,"","",0,1,0,null,null]
[[["visitor",17]],[],[["page read",1,1,17,"a1-","/"]],{},[],{},"visitor","visitor","web",17,17,0,1,{"page_viewed":1},
{},{},false,"",false,"","",0,0,0,0,0,0,false,"",true,"",0,{},0,"","",0,1,0,null,null]
[[["visitor",17],["contact",17],["lead",17],["mql",17],["accepted",17],["sql",17],["customer",17],["disqualified",17]],
[["decision maker",10,1,17,"a1-","vp"],["company size",10,1,17,"a1-","200"],["country",5,1,17,"a1-","US"]],
{"page read":[[1,17,"a1-","",""]]},[["page_viewed",2000,1]],{"group:":["decides",1]},"mql","mql","social",17,17,10,10,
{"conversion_made":1,"trial_started":1,"product_used":1,"event_registered":1,"event_attended":1,"consent_changed":1,
"identified":1,"email_unsubscribed":1,"email_bounced":1,"profile_given":1,"form_submitted":1,"content_downloaded":1,
"email_clicked":1,"email_opened":1,"page_viewed":1},
{"name":"","role":"","company":"","email_domain":"","seniority":"manager","department":"sales","industry":"software",
"company_size":200,"country":"US"},
{"name":17,"role":17,"company":17,"email_domain":17,"seniority":17,"department":17,"industry":17,"company_size":17,
"country":17},
true,"",true,"","",1,0,17,1,1,1,true,"",true,"",17,{"points":17,"conversion":17},1,"no_answer","not_ready",17,1,17,17]
[["trial started",10,1,17,"a1-","trial"],["event attended",10,1,17,"a1-","webinar"],
["form sent",5,1,17,"a1-","contact"],["content taken",5,1,17,"a1-","guide.pdf"],
["e-mail clicked",3,1,17,"a1-","newsletter"],["e-mail opened",1,1,17,"a1-","newsletter"],
["pricing page",10,1,17,"a1-","https://www.example.com/pricing"],
["page read",2,2,17,"a1-","https://www.example.com/products?utm_source=google&utm_medium=cpc&utm_campaign="],
["page read",1,1,17,"a1-","https://www.example.com/blog/"]]
""".replace(b"\n", b"")
"""It belongs to the format of rows (`streams.row.FORMAT`): when a letter of it changes, old rows can't be read."""
_KNOWN = ZstdCompressionDict(DICTIONARY, DICT_TYPE_RAWCONTENT)
_PARAMETERS = ZstdCompressionParameters.from_level(
    LEVEL, write_content_size=True, write_checksum=False, write_dict_id=False, format=FORMAT_ZSTD1_MAGICLESS
)
_KNOWN.precompute_compress(compression_params=_PARAMETERS)
_SQUEEZER = ZstdCompressor(dict_data=_KNOWN, compression_params=_PARAMETERS)
_STRETCHER = ZstdDecompressor(dict_data=_KNOWN, format=FORMAT_ZSTD1_MAGICLESS)
squeeze = _SQUEEZER.compress
"""The bytes that stand for an array."""


def stretch(data: bytes) -> bytes:
    """The array that these bytes stand for.

    Raises:
        ValueError: They stand for none.
    """
    try:
        return _STRETCHER.decompress(data, allow_extra_data=False)
    except (ZstdError, MemoryError) as error:  # what is broken may say that it is of any size
        message = f"not squeezed by this program: {error}"
        raise ValueError(message) from None
