from django.urls import path

from examinations.views.exports import export_file, export_list, export_page, export_remove
from examinations.views.loads import load_list, load_page, load_rejects, load_undo
from examinations.views.questions import waiting_list
from examinations.views.uploads import upload_list, upload_page, upload_rejects, upload_undo

urlpatterns = [
    path("exports/", export_list, name="exports"),
    path("exports/<uuid:export_id>/", export_page, name="export"),
    path("exports/<uuid:export_id>/file/", export_file, name="export-file"),
    path("exports/<uuid:export_id>/remove/", export_remove, name="export-remove"),
    path("loads/", load_list, name="loads"),
    path("loads/<uuid:load_id>/", load_page, name="load"),
    path("loads/<uuid:load_id>/rejects.csv", load_rejects, name="load-rejects"),
    path("loads/<uuid:load_id>/undo/", load_undo, name="load-undo"),
    path("questions/", waiting_list, name="questions"),
    path("uploads/", upload_list, name="uploads"),
    path("uploads/<uuid:load_id>/", upload_page, name="upload"),
    path("uploads/<uuid:load_id>/undo/", upload_undo, name="upload-undo"),
    path("uploads/<uuid:load_id>/rejects.csv", upload_rejects, name="upload-rejects"),
]
